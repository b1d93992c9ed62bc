### Français

## État

tab-status = État
page-status-version = Informations de version
about-status-version = Nom du modèle et versions logicielles de l’appareil.
section-status-version-version-information = Informations de version
status-model = Modèle
status-help-model = Nom du modèle de l’appareil, celui que remplace {"{"}MODEL{"}"}.
status-os-version = Version du système
status-help-os-version = Version du système d’exploitation sous le logiciel du téléphone.
status-firmware-version = Version du firmware
status-help-firmware-version = Version du firmware en service, celle que remplace {"{"}fwver{"}"}.
page-status-network = État du réseau
about-status-network = Adresses utilisées et état des deux ports Ethernet ; [Actualiser] les relit.
section-status-network-network-status = État du réseau
status-mac-address = Adresse MAC
status-help-mac-address = Adresse matérielle du port LAN.
status-lan-port-link = État de la liaison Ethernet (port LAN)
status-help-lan-port-link = Connecté ou non connecté.
status-pc-port-link = État de la liaison Ethernet (port PC)
status-help-pc-port-link = Connecté ou non connecté.
value-connected = Connecté
value-not-connected = Non connecté
status-connection-mode = Mode de connexion
status-help-connection-mode = DHCP, ou statique si l’adresse a été saisie à la main.
value-dhcp = DHCP
value-static = Statique
status-ip-address = Adresse IP
status-help-ip-address = Adresse IPv4 utilisée.
status-subnet-mask = Masque de sous-réseau
status-help-subnet-mask = Masque du réseau de l’appareil.
status-default-gateway = Passerelle par défaut
status-help-default-gateway = Routeur vers les autres réseaux ; vide tant qu’il n’y en a pas.
status-dns1 = DNS1
status-help-dns1 = Serveur de noms principal ; vide tant qu’il n’y en a pas.
status-dns2 = DNS2
status-help-dns2 = Serveur de noms secondaire ; vide tant qu’il n’y en a pas.
page-status-voip = État VoIP
about-status-voip = Numéro de téléphone et enregistrement de chaque ligne ; [Actualiser] les relit.
section-status-voip-voip-status = État VoIP
status-line-number = N° de ligne
status-help-line-number = Numéro de la ligne, de 1 à 6.
status-line-phone-number = Numéro de téléphone
status-help-line-phone-number = Numéro de téléphone de la ligne ; vide tant qu’elle n’en a pas.
status-line-status = État VoIP
status-help-line-status = Enregistrée, ou Enregistrement en cours tant que le serveur n’a pas répondu. Vide tant que la ligne n’a pas de compte ou si le serveur a refusé ses identifiants.
value-registered = Enregistrée
value-registering = Enregistrement en cours

## Réseau

tab-network = Réseau
page-network-basic = Paramètres réseau de base
about-network-basic = Comment l’appareil obtient son adresse et ses serveurs de noms. Enregistrer une modification le redémarre, même pendant un appel.
section-network-basic-connection-mode = Mode de connexion
section-network-basic-dhcp-settings = Paramètres DHCP
section-network-basic-static-settings = Paramètres statiques
page-network-http = Paramètres du client HTTP
about-network-http = Comment l’appareil récupère configuration, firmware, images et pages Web, directement ou par un proxy.
section-network-http-http-authentication = Authentification HTTP

label-NET_CONNECTION_MODE = Mode de connexion
help-NET_CONNECTION_MODE = Obtient l’adresse d’un serveur DHCP (RFC 2131) ou utilise l’adresse statique.
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = Statique
label-NET_DNS_MODE = Serveur de noms de domaine
help-NET_DNS_MODE = Obtient aussi les serveurs de noms du serveur DHCP, ou utilise DNS1 et DNS2.
choice-NET_DNS_MODE-automatic = Obtenir l’adresse DNS automatiquement
choice-NET_DNS_MODE-manual = Utiliser les paramètres suivants
label-NET_STATIC_ADDRESS = Adresse IP statique
help-NET_STATIC_ADDRESS = Adresse propre de l’appareil lorsqu’il n’interroge pas de serveur DHCP.
label-NET_SUBNET_MASK = Masque de sous-réseau
help-NET_SUBNET_MASK = Masque du réseau de l’appareil, pour l’adresse statique.
label-NET_GATEWAY = Passerelle par défaut
help-NET_GATEWAY = Routeur vers les autres réseaux, pour l’adresse statique. Vide : l’appareil n’atteint que son propre réseau.
label-NET_DNS1 = DNS1
help-NET_DNS1 = Serveur de noms principal, pour une adresse statique et pour DHCP avec des serveurs de noms choisis.
label-NET_DNS2 = DNS2
help-NET_DNS2 = Serveur de noms secondaire, interrogé quand DNS1 ne répond pas.
label-HTTP_AUTH_ID = Identifiant d’authentification
help-HTTP_AUTH_ID = Nom d’utilisateur que l’appareil donne à un serveur HTTP qui le demande (RFC 7617, RFC 7616). Il n’a rien à voir avec la connexion à cette page Web.
label-HTTP_AUTH_PASS = Mot de passe d’authentification
help-HTTP_AUTH_PASS = Mot de passe associé à HTTP_AUTH_ID.

## Système

tab-system = Système
page-system-language = Langue Web
about-system-language = Langue de ces pages pour l’utilisateur ; celles de l’administrateur sont toujours en anglais.
section-system-language-web-language = Langue Web
page-system-user-password = Changer le mot de passe utilisateur
about-system-user-password = Un nouveau mot de passe pour l’utilisateur ; il est demandé à sa première connexion.
section-system-user-password-change-user-password = Changer le mot de passe utilisateur

label-WEB_LANGUAGE = Langue
help-WEB_LANGUAGE = Langue de la page Web pour l’utilisateur. Les pages de l’administrateur sont toujours en anglais ; l’écran du téléphone a sa propre langue.
label-USER_PASS = Nouveau mot de passe
help-USER_PASS = Mot de passe de l’utilisateur sur la page Web, de 6 à 16 caractères ; les majuscules comptent. Tant qu’il est vide, la première connexion demande à l’utilisateur d’en choisir un.

## Téléphone

tab-telephone = Téléphone
page-telephone-call-control = Gestion des appels
about-telephone-call-control = Numérotation et traitement des appels pour toutes les lignes, et numéros dont les appels sont rejetés.
section-telephone-call-control-call-control = Gestion des appels
section-telephone-call-control-call-rejection-phone-numbers = Numéros rejetés
page-telephone-call-control-line = Gestion des appels [Ligne { $line }]
about-telephone-call-control-line = Nom affiché, plan de numérotation, fonctions d’appel et renvoi d’appel d’une ligne.
dimension-line = Ligne { $number }
section-telephone-call-control-line-call-control = Gestion des appels
section-telephone-call-control-line-call-features = Fonctions d’appel
section-telephone-call-control-line-call-forward = Renvoi d’appel
row-telephone-call-control-line-call-forward-unconditional = Inconditionnel
row-telephone-call-control-line-call-forward-busy = Sur occupation
row-telephone-call-control-line-call-forward-no-answer = Sur non-réponse

label-DEFAULT_LINE_SELECT = Ligne par défaut pour les appels sortants
help-DEFAULT_LINE_SELECT = Ligne d’un appel sortant pour lequel personne n’en a choisi.
help-REJECTED_NUMBER = Numéro dont les appels sont rejetés, avec le code de SIP_RESPONSE_CODE_CALL_REJECT. Seuls les chiffres, *, # et + se comparent sûrement au numéro d’un appelant. Une liste enregistrée sur la page Web remplace celle du téléphone.
label-DISPLAY_NAME = Nom affiché
help-DISPLAY_NAME = Nom que voit l’appelé : le nom affiché de l’en-tête From. Tous les caractères Unicode sont admis ; vide, aucun nom n’est envoyé.
label-CALLER_ID_BLOCK = Masquer le numéro
help-CALLER_ID_BLOCK = Appelle sans montrer le numéro de la ligne à l’appelé. Ce qu’un tel appel porte dans son en-tête From dépend de SIP_ANM_DISPNAME, SIP_ANM_USERNAME et SIP_ANM_HOSTNAME.
label-ANONYMOUS_BLOCK = Rejeter les appels anonymes
help-ANONYMOUS_BLOCK = Rejette les appels qui ne montrent pas le numéro de l’appelant, avec la réponse de SIP_RESPONSE_CODE_CALL_REJECT.
label-DND_ENABLE = Ne pas déranger
help-DND_ENABLE = Refuse tous les appels vers la ligne, avec la réponse de SIP_RESPONSE_CODE_DND. La fonction « Ne pas déranger » du serveur agit quel que soit ce réglage.
label-FORWARD_ALWAYS_ENABLE = Activer le renvoi d’appel
help-FORWARD_ALWAYS_ENABLE = Renvoie tous les appels de la ligne, sans sonnerie.
label-FORWARD_ALWAYS_NUMBER = Numéro de téléphone
help-FORWARD_ALWAYS_NUMBER = Numéro vers lequel tous les appels sont renvoyés. Il ne peut pas être vide tant que FORWARD_ALWAYS_ENABLE est activé.
label-FORWARD_BUSY_ENABLE = Activer le renvoi d’appel
help-FORWARD_BUSY_ENABLE = Renvoie un appel qui arrive pendant que la ligne est occupée.
label-FORWARD_BUSY_NUMBER = Numéro de téléphone
help-FORWARD_BUSY_NUMBER = Numéro vers lequel les appels sont renvoyés pendant que la ligne est occupée. Il ne peut pas être vide tant que FORWARD_BUSY_ENABLE est activé.
label-FORWARD_NO_ANSWER_ENABLE = Activer le renvoi d’appel
help-FORWARD_NO_ANSWER_ENABLE = Renvoie un appel auquel personne ne répond en FORWARD_NO_ANSWER_RINGS sonneries.
label-FORWARD_NO_ANSWER_NUMBER = Numéro de téléphone
help-FORWARD_NO_ANSWER_NUMBER = Numéro vers lequel les appels sans réponse sont renvoyés. Il ne peut pas être vide tant que FORWARD_NO_ANSWER_ENABLE est activé.
label-FORWARD_NO_ANSWER_RINGS = Nombre de sonneries
help-FORWARD_NO_ANSWER_RINGS = Sonneries d’un appel sans réponse avant son renvoi ; 0 le renvoie sans sonnerie.
meaning-FORWARD_NO_ANSWER_RINGS-0 = sans sonnerie
unit-rings = sonneries

## Règles

rule-static-address-given = une connexion statique a besoin d’une adresse IP : saisissez-en une, ou choisissez DHCP
rule-static-mask-given = une connexion statique a besoin d’un masque de sous-réseau, par exemple 255.255.255.0
rule-manual-dns-given = aucun serveur de noms n’est indiqué : saisissez DNS1, ou obtenez les serveurs de noms automatiquement
rule-forward-always-destination = ligne { $line } : le renvoi inconditionnel est activé sans numéro de destination
rule-forward-busy-destination = ligne { $line } : le renvoi sur occupation est activé sans numéro de destination
rule-forward-no-answer-destination = ligne { $line } : le renvoi sur non-réponse est activé sans numéro de destination

## Boutons

button-save = Enregistrer
button-cancel = Annuler
button-refresh = Actualiser
button-web-port-close = Fermer le port Web
button-ok = OK
button-open-again = Rouvrir la page

## Autour de chaque page

skip-to-content = Aller au contenu
navigation-tabs = Onglets
navigation-lines = Lignes
title-error = Erreur : { $title }

## Confirmations

confirm-save-restart = L’enregistrement redémarre l’appareil tout de suite, même pendant un appel. Enregistrer ?
confirm-cancel = Abandonner ce que vous avez saisi sur cette page ?
confirm-web-port-close = Fermer le port Web et vous déconnecter ?
port-closed = Le port Web est fermé et vous êtes déconnecté. Il se rouvre sur le téléphone, dans les paramètres réseau.
logged-out = Vous êtes déconnecté. Sur cet appareil, le port Web reste ouvert.

## Résultats

result-complete = Terminé
result-parameter-error = Échec (erreur de paramètre)
result-memory-access-failure = Échec (erreur d’accès à la mémoire)
result-transfer-failure = Échec (erreur de transfert)
result-busy = Échec (appareil occupé)
result-nothing-saved = Rien n’a été enregistré. Vos saisies sont encore là, sauf les mots de passe.
result-nothing-changed = Rien n’a changé.
result-memory-full = La mémoire est pleine. Rien n’a été enregistré.
result-memory-unwritable = Impossible d’écrire dans la mémoire. Rien n’a été enregistré.
result-restart = L’appareil redémarre maintenant. Rouvrez la page quand il sera de nouveau prêt.
result-new-address = L’appareil aura peut-être ensuite une autre adresse ; le téléphone l’affiche.
result-new-password = Reconnectez-vous avec le nouveau mot de passe.
changes-live = Prend effet immédiatement :
changes-re-register = Prend effet quand la ligne s’est réenregistrée :
changes-restart = Prend effet après un redémarrage :

## Valeurs

yes = Oui
no = Non
shown-empty = vide
shown-set = défini
shown-not-set = non défini

## Champs

field-inherit = Revenir à la valeur héritée :
field-shadowed = Défini ici aussi, mais c’est ceci qui compte :
field-no-effect = Sans effet avec les réglages actuels.
field-locked = Verrouillé par votre installateur téléphonique.
field-secret-stored = Une valeur est enregistrée ; laissez le champ vide pour la garder.
field-secret-missing = Aucune valeur n’est enregistrée.
field-secret-clear = Vider
password-current = Mot de passe actuel
password-confirm = Confirmer le nouveau mot de passe
password-first-login = Choisissez d’abord votre propre mot de passe.

## Origine d’une valeur

origin-factory = Valeur d’usine
origin-web = Défini sur la page Web
origin-phone = Défini sur le téléphone
origin-file = { $file } : { $source }, ligne { $line }
origin-file-pre-provisioning = Fichier de préconfiguration
origin-file-master = Fichier maître
origin-file-product = Fichier produit
origin-file-standard = Fichier standard

## Ce qu’un champ accepte

hint-text = { $max } caractères au plus
hint-text-exact = exactement { $max } caractères
hint-text-between = { $min } à { $max } caractères
hint-any-script = toute écriture
hint-only = seulement { $characters }
hint-except = sauf { $characters }
hint-empty = peut être vide
hint-integers = { $count } nombres séparés par des virgules, chacun { $ranges }
hint-ipv4 = adresse IPv4, par exemple 192.0.2.10
hint-mask = masque de sous-réseau, par exemple 255.255.255.0
hint-host = nom d’hôte de { $max } caractères au plus, ou adresse IPv4
hint-url = URL avec { $schemes }
hint-sip-uri = URI SIP, par exemple sip:user@example.com
hint-time = heure, de 00:00 à 23:59
hint-version = version, de 00.000 à 15.999
hint-dial-plan = plan de numérotation de { $max } caractères au plus
hint-macros = remplacé à l’utilisation : { $macros }
hint-join = { $first } ; { $second }

## Nombres et caractères

range = { $from } à { $to }
range-even = { $ranges }, nombres pairs seulement
range-step = { $ranges }, par pas de { $step }
character-blank = espace
character-control = caractère de contrôle { $code }

## Erreurs

error-empty = Saisissez une valeur.
error-too-long = Saisissez au plus { $max } caractères ; il y en a { $found }.
error-too-short = Saisissez au moins { $min } caractères ; il y en a { $found }.
error-character = { $character } en position { $at } n’est pas admis.
error-choice = Choisissez une des valeurs proposées.
error-number = Saisissez un nombre entier : { $ranges }.
error-range = { $found } n’est pas admis. Saisissez un nombre : { $ranges }.
error-count = Saisissez { $count } nombres séparés par des virgules ; il y en a { $found }.
error-ipv4 = Saisissez une adresse IPv4, par exemple 192.0.2.10 : quatre nombres de 0 à 255 sans zéros de tête.
error-ipv4-reserved = { $found } n’est pas l’adresse d’un hôte.
error-mask = Saisissez un masque de sous-réseau, par exemple 255.255.255.0.
error-host = Saisissez un nom d’hôte ou une adresse IPv4.
error-url = Saisissez une URL avec { $schemes }.
error-sip-uri = Saisissez une URI SIP, par exemple sip:user@example.com.
error-time = Saisissez une heure de 00:00 à 23:59.
error-version = Saisissez une version de firmware de 00.000 à 15.999.
error-other = Cette valeur n’est pas admise.
error-method = Ce réglage ne peut pas être modifié sur la page Web.
error-inherit = Choisissez soit une nouvelle valeur, soit la valeur héritée.
error-password-current = Le mot de passe actuel n’est pas correct.
error-password-confirm = Le nouveau mot de passe et sa confirmation diffèrent.

## Requêtes sans suite

trouble-not-found = Il n’y a pas de page à cette adresse.
trouble-administrator = Cette page est réservée à l’administrateur.
trouble-foreign-form = Le formulaire ne vient pas d’une page de cet appareil. Rien n’a été modifié.
trouble-stale-form = Le formulaire est plus ancien que la page actuelle. Rien n’a été modifié.
