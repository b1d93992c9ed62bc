### Italiano

## Stato

tab-status = Stato
page-status-version = Informazioni sulla versione
about-status-version = Nome del modello e versioni del software dell’apparecchio.
section-status-version-version-information = Informazioni sulla versione
status-model = Modello
status-help-model = Nome del modello dell’apparecchio, lo stesso indicato da {"{"}MODEL{"}"}.
status-os-version = Versione del sistema operativo
status-help-os-version = Versione del sistema operativo su cui gira il software del telefono.
status-firmware-version = Versione del firmware
status-help-firmware-version = Versione del firmware in uso, la stessa indicata da {"{"}fwver{"}"}.
page-status-network = Stato della rete
about-status-network = Indirizzi in uso e stato delle due porte Ethernet; [Aggiorna] li rilegge.
section-status-network-network-status = Stato della rete
status-mac-address = Indirizzo MAC
status-help-mac-address = Indirizzo hardware della porta LAN.
status-lan-port-link = Collegamento Ethernet (porta LAN)
status-help-lan-port-link = Connesso o non connesso.
status-pc-port-link = Collegamento Ethernet (porta PC)
status-help-pc-port-link = Connesso o non connesso.
value-connected = Connesso
value-not-connected = Non connesso
status-connection-mode = Modalità di connessione
status-help-connection-mode = DHCP, oppure Statico se l’indirizzo è stato immesso a mano.
value-dhcp = DHCP
value-static = Statico
status-ip-address = Indirizzo IP
status-help-ip-address = Indirizzo IPv4 in uso.
status-subnet-mask = Subnet mask
status-help-subnet-mask = Maschera della rete dell’apparecchio.
status-default-gateway = Gateway predefinito
status-help-default-gateway = Router verso altre reti; vuoto finché non ce n’è uno.
status-dns1 = DNS1
status-help-dns1 = Server dei nomi primario; vuoto finché non ce n’è uno.
status-dns2 = DNS2
status-help-dns2 = Server dei nomi secondario; vuoto finché non ce n’è uno.
page-status-voip = Stato VoIP
about-status-voip = Numero di telefono e registrazione di ogni linea; [Aggiorna] li rilegge.
section-status-voip-voip-status = Stato VoIP
status-line-number = N. linea
status-help-line-number = Numero della linea, da 1 a 6.
status-line-phone-number = Numero di telefono
status-help-line-phone-number = Numero di telefono della linea; vuoto finché non ne ha uno.
status-line-status = Stato VoIP
status-help-line-status = Registrata, oppure Registrazione in corso finché il server non ha risposto. Vuoto finché la linea non ha un account o se il server ha rifiutato le sue credenziali.
value-registered = Registrata
value-registering = Registrazione in corso

## Rete

tab-network = Rete
page-network-basic = Impostazioni di rete di base
about-network-basic = Come l’apparecchio ottiene il suo indirizzo e i server dei nomi. Salvando una modifica si riavvia, anche durante una chiamata.
section-network-basic-connection-mode = Modalità di connessione
section-network-basic-dhcp-settings = Impostazioni DHCP
section-network-basic-static-settings = Impostazioni statiche
page-network-http = Impostazioni client HTTP
about-network-http = Come l’apparecchio scarica configurazione, firmware, immagini e pagine Web, direttamente o tramite un proxy.
section-network-http-http-authentication = Autenticazione HTTP

label-NET_CONNECTION_MODE = Modalità di connessione
help-NET_CONNECTION_MODE = Ottiene l’indirizzo da un server DHCP (RFC 2131) o usa quello statico.
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = Statico
label-NET_DNS_MODE = Server dei nomi di dominio
help-NET_DNS_MODE = Ottiene dal server DHCP anche i server dei nomi, o usa DNS1 e DNS2.
choice-NET_DNS_MODE-automatic = Ottieni l’indirizzo DNS automaticamente
choice-NET_DNS_MODE-manual = Usa le impostazioni seguenti
label-NET_STATIC_ADDRESS = Indirizzo IP statico
help-NET_STATIC_ADDRESS = Indirizzo proprio dell’apparecchio quando non interroga un server DHCP.
label-NET_SUBNET_MASK = Subnet mask
help-NET_SUBNET_MASK = Maschera della rete dell’apparecchio, per l’indirizzo statico.
label-NET_GATEWAY = Gateway predefinito
help-NET_GATEWAY = Router verso altre reti, per l’indirizzo statico. Vuoto: l’apparecchio raggiunge solo la propria rete.
label-NET_DNS1 = DNS1
help-NET_DNS1 = Server dei nomi primario, per un indirizzo statico e per DHCP con server dei nomi propri.
label-NET_DNS2 = DNS2
help-NET_DNS2 = Server dei nomi secondario, interrogato quando DNS1 non risponde.
label-HTTP_AUTH_ID = ID di autenticazione
help-HTTP_AUTH_ID = Nome utente con cui l’apparecchio risponde a un server HTTP che lo chiede (RFC 7617, RFC 7616). Non ha nulla a che fare con l’accesso a questa pagina Web.
label-HTTP_AUTH_PASS = Password di autenticazione
help-HTTP_AUTH_PASS = Password abbinata a HTTP_AUTH_ID.

## Sistema

tab-system = Sistema
page-system-language = Lingua Web
about-system-language = Lingua di queste pagine per l’utente; quelle dell’amministratore sono sempre in inglese.
section-system-language-web-language = Lingua Web
page-system-user-password = Cambia password utente
about-system-user-password = Una nuova password per l’utente; viene chiesta al suo primo accesso.
section-system-user-password-change-user-password = Cambia password utente

label-WEB_LANGUAGE = Lingua
help-WEB_LANGUAGE = Lingua della pagina Web per l’utente. Le pagine dell’amministratore sono sempre in inglese; il display del telefono ha una lingua propria.
label-USER_PASS = Nuova password
help-USER_PASS = Password dell’utente sulla pagina Web, da 6 a 16 caratteri; maiuscole e minuscole sono diverse. Finché è vuota, al primo accesso l’utente deve sceglierne una.

## Telefono

tab-telephone = Telefono
page-telephone-call-control = Controllo chiamate
about-telephone-call-control = Composizione e gestione delle chiamate per tutte le linee, e i numeri le cui chiamate sono rifiutate.
section-telephone-call-control-call-control = Controllo chiamate
section-telephone-call-control-call-rejection-phone-numbers = Numeri rifiutati
page-telephone-call-control-line = Controllo chiamate [Linea { $line }]
about-telephone-call-control-line = Nome visualizzato, piano di numerazione, funzioni di chiamata e inoltro chiamate di una linea.
dimension-line = Linea { $number }
section-telephone-call-control-line-call-control = Controllo chiamate
section-telephone-call-control-line-call-features = Funzioni di chiamata
section-telephone-call-control-line-call-forward = Inoltro chiamate
row-telephone-call-control-line-call-forward-unconditional = Incondizionato
row-telephone-call-control-line-call-forward-busy = Se occupato
row-telephone-call-control-line-call-forward-no-answer = Se non risponde

label-DEFAULT_LINE_SELECT = Linea predefinita per chiamate in uscita
help-DEFAULT_LINE_SELECT = Linea di una chiamata in uscita per la quale nessuno ne ha scelta una.
help-REJECTED_NUMBER = Numero le cui chiamate sono rifiutate, con il codice di SIP_RESPONSE_CODE_CALL_REJECT. Solo cifre, *, # e + si confrontano in modo affidabile con il numero di chi chiama. Un elenco salvato sulla pagina Web sostituisce quello del telefono.
label-DISPLAY_NAME = Nome visualizzato
help-DISPLAY_NAME = Nome che vede la persona chiamata: il nome visualizzato dell’intestazione From. Sono ammessi tutti i caratteri Unicode; se vuoto, non viene inviato alcun nome.
label-CALLER_ID_BLOCK = Nascondi il proprio numero
help-CALLER_ID_BLOCK = Chiama senza mostrare il numero della linea alla persona chiamata. Ciò che tale chiamata riporta nell’intestazione From dipende da SIP_ANM_DISPNAME, SIP_ANM_USERNAME e SIP_ANM_HOSTNAME.
label-ANONYMOUS_BLOCK = Rifiuta chiamate anonime
help-ANONYMOUS_BLOCK = Rifiuta le chiamate che non mostrano il numero di chi chiama, con la risposta di SIP_RESPONSE_CODE_CALL_REJECT.
label-DND_ENABLE = Non disturbare
help-DND_ENABLE = Rifiuta ogni chiamata alla linea, con la risposta di SIP_RESPONSE_CODE_DND. «Non disturbare» sul server agisce qualunque sia questa impostazione.
label-FORWARD_ALWAYS_ENABLE = Attiva inoltro chiamate
help-FORWARD_ALWAYS_ENABLE = Inoltra ogni chiamata alla linea, senza che squilli.
label-FORWARD_ALWAYS_NUMBER = Numero di telefono
help-FORWARD_ALWAYS_NUMBER = Numero a cui è inoltrata ogni chiamata. Non può essere vuoto mentre FORWARD_ALWAYS_ENABLE è attivo.
label-FORWARD_BUSY_ENABLE = Attiva inoltro chiamate
help-FORWARD_BUSY_ENABLE = Inoltra una chiamata che arriva mentre la linea è occupata.
label-FORWARD_BUSY_NUMBER = Numero di telefono
help-FORWARD_BUSY_NUMBER = Numero a cui sono inoltrate le chiamate mentre la linea è occupata. Non può essere vuoto mentre FORWARD_BUSY_ENABLE è attivo.
label-FORWARD_NO_ANSWER_ENABLE = Attiva inoltro chiamate
help-FORWARD_NO_ANSWER_ENABLE = Inoltra una chiamata a cui nessuno risponde entro FORWARD_NO_ANSWER_RINGS squilli.
label-FORWARD_NO_ANSWER_NUMBER = Numero di telefono
help-FORWARD_NO_ANSWER_NUMBER = Numero a cui sono inoltrate le chiamate senza risposta. Non può essere vuoto mentre FORWARD_NO_ANSWER_ENABLE è attivo.
label-FORWARD_NO_ANSWER_RINGS = Numero di squilli
help-FORWARD_NO_ANSWER_RINGS = Squilli di una chiamata senza risposta prima che sia inoltrata; con 0 è inoltrata senza squilli.
meaning-FORWARD_NO_ANSWER_RINGS-0 = nessuno squillo
unit-rings = squilli

## Regole

rule-static-address-given = una connessione statica ha bisogno di un indirizzo IP: immetterne uno o scegliere DHCP
rule-static-mask-given = una connessione statica ha bisogno di una subnet mask, ad esempio 255.255.255.0
rule-manual-dns-given = non è indicato alcun server dei nomi: immettere DNS1 o ottenere i server dei nomi automaticamente
rule-forward-always-destination = linea { $line }: l’inoltro incondizionato è attivo senza un numero di destinazione
rule-forward-busy-destination = linea { $line }: l’inoltro se occupato è attivo senza un numero di destinazione
rule-forward-no-answer-destination = linea { $line }: l’inoltro se non risponde è attivo senza un numero di destinazione

## Pulsanti

button-save = Salva
button-cancel = Annulla
button-refresh = Aggiorna
button-web-port-close = Chiudi porta Web
button-ok = OK
button-open-again = Riapri la pagina

## Attorno a ogni pagina

skip-to-content = Vai al contenuto
navigation-tabs = Schede
navigation-lines = Linee
title-error = Errore: { $title }

## Conferme

confirm-save-restart = Salvando, l’apparecchio si riavvia subito, anche durante una chiamata. Salvare?
confirm-cancel = Annullare quanto immesso in questa pagina?
confirm-web-port-close = Chiudere la porta Web e disconnettersi?
port-closed = La porta Web è chiusa e la sessione è terminata. Si riapre sul telefono, nelle impostazioni di rete.
logged-out = La sessione è terminata. Su questo apparecchio la porta Web resta aperta.

## Risultati

result-complete = Completato
result-parameter-error = Non riuscito (errore di parametro)
result-memory-access-failure = Non riuscito (errore di accesso alla memoria)
result-transfer-failure = Non riuscito (errore di trasferimento)
result-busy = Non riuscito (apparecchio occupato)
result-nothing-saved = Nulla è stato salvato. Quanto immesso è ancora qui, tranne le password.
result-nothing-changed = Nulla è cambiato.
result-memory-full = La memoria è piena. Nulla è stato salvato.
result-memory-unwritable = Impossibile scrivere nella memoria. Nulla è stato salvato.
result-restart = L’apparecchio si riavvia ora. Riaprire la pagina quando sarà di nuovo pronto.
result-new-address = L’apparecchio potrebbe poi avere un altro indirizzo; il telefono lo mostra.
result-new-password = Accedere di nuovo con la nuova password.
changes-live = Ha effetto subito:
changes-re-register = Ha effetto dopo che la linea si è registrata di nuovo:
changes-restart = Ha effetto dopo un riavvio:

## Valori

yes = Sì
no = No
shown-empty = vuoto
shown-set = impostato
shown-not-set = non impostato

## Campi

field-inherit = Torna al valore ereditato:
field-shadowed = Impostato anche qui, ma vale questo:
field-no-effect = Senza effetto con le impostazioni attuali.
field-locked = Bloccato dal rivenditore dell’impianto telefonico.
field-secret-stored = È memorizzato un valore; lasciare vuoto il campo per mantenerlo.
field-secret-missing = Nessun valore memorizzato.
field-secret-clear = Svuota
password-current = Password attuale
password-confirm = Conferma nuova password
password-first-login = Scegliere prima una propria password.

## Origine di un valore

origin-factory = Valore di fabbrica
origin-web = Impostato sulla pagina Web
origin-phone = Impostato sul telefono
origin-file = { $file }: { $source }, riga { $line }
origin-file-pre-provisioning = File di pre-provisioning
origin-file-master = File master
origin-file-product = File di prodotto
origin-file-standard = File standard

## Che cosa accetta un campo

hint-text = al massimo { $max } caratteri
hint-text-exact = esattamente { $max } caratteri
hint-text-between = da { $min } a { $max } caratteri
hint-any-script = qualsiasi scrittura
hint-only = solo { $characters }
hint-except = tranne { $characters }
hint-empty = può essere vuoto
hint-integers = { $count } numeri separati da virgole, ciascuno { $ranges }
hint-ipv4 = indirizzo IPv4, ad esempio 192.0.2.10
hint-mask = subnet mask, ad esempio 255.255.255.0
hint-host = nome host di al massimo { $max } caratteri o indirizzo IPv4
hint-url = URL con { $schemes }
hint-sip-uri = URI SIP, ad esempio sip:user@example.com
hint-time = ora, da 00:00 a 23:59
hint-version = versione, da 00.000 a 15.999
hint-dial-plan = piano di numerazione di al massimo { $max } caratteri
hint-macros = sostituito all’uso: { $macros }
hint-join = { $first }; { $second }

## Numeri e caratteri

range = da { $from } a { $to }
range-even = { $ranges }, solo numeri pari
range-step = { $ranges }, a passi di { $step }
character-blank = spazio
character-control = carattere di controllo { $code }

## Errori

error-empty = Immettere un valore.
error-too-long = Immettere al massimo { $max } caratteri; sono { $found }.
error-too-short = Immettere almeno { $min } caratteri; sono { $found }.
error-character = { $character } in posizione { $at } non è ammesso.
error-choice = Scegliere uno dei valori proposti.
error-number = Immettere un numero intero: { $ranges }.
error-range = { $found } non è ammesso. Immettere un numero: { $ranges }.
error-count = Immettere { $count } numeri separati da virgole; sono { $found }.
error-ipv4 = Immettere un indirizzo IPv4, ad esempio 192.0.2.10: quattro numeri da 0 a 255 senza zeri iniziali.
error-ipv4-reserved = { $found } non è l’indirizzo di un host.
error-mask = Immettere una subnet mask, ad esempio 255.255.255.0.
error-host = Immettere un nome host o un indirizzo IPv4.
error-url = Immettere un URL con { $schemes }.
error-sip-uri = Immettere un URI SIP, ad esempio sip:user@example.com.
error-time = Immettere un’ora da 00:00 a 23:59.
error-version = Immettere una versione del firmware da 00.000 a 15.999.
error-other = Questo valore non è ammesso.
error-method = Questa impostazione non può essere modificata sulla pagina Web.
error-inherit = Scegliere un nuovo valore oppure quello ereditato.
error-password-current = La password attuale non è corretta.
error-password-confirm = La nuova password e la conferma non coincidono.

## Richieste senza esito

trouble-not-found = Non c’è alcuna pagina a questo indirizzo.
trouble-administrator = Questa pagina è riservata all’amministratore.
trouble-foreign-form = Il modulo non proviene da una pagina di questo apparecchio. Nulla è stato modificato.
trouble-stale-form = Il modulo è più vecchio della pagina attuale. Nulla è stato modificato.
