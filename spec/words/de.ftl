### Deutsch

## Status

tab-status = Status
page-status-version = Versionsinformationen
about-status-version = Modellname und Softwareversionen des Geräts.
section-status-version-version-information = Versionsinformationen
status-model = Modell
status-help-model = Modellname des Geräts; dafür steht auch {"{"}MODEL{"}"}.
status-os-version = Betriebssystemversion
status-help-os-version = Version des Betriebssystems, auf dem die Telefonsoftware läuft.
status-firmware-version = Firmware-Version
status-help-firmware-version = Version der laufenden Firmware; dafür steht auch {"{"}fwver{"}"}.
page-status-network = Netzwerkstatus
about-status-network = Verwendete Adressen und Zustand der beiden Ethernet-Anschlüsse; [Aktualisieren] liest sie neu.
section-status-network-network-status = Netzwerkstatus
status-mac-address = MAC-Adresse
status-help-mac-address = Hardware-Adresse des LAN-Anschlusses.
status-lan-port-link = Ethernet-Verbindung (LAN-Anschluss)
status-help-lan-port-link = Verbunden oder nicht verbunden.
status-pc-port-link = Ethernet-Verbindung (PC-Anschluss)
status-help-pc-port-link = Verbunden oder nicht verbunden.
value-connected = Verbunden
value-not-connected = Nicht verbunden
status-connection-mode = Verbindungsart
status-help-connection-mode = DHCP, oder statisch, wenn die Adresse von Hand eingegeben wurde.
value-dhcp = DHCP
value-static = Statisch
status-ip-address = IP-Adresse
status-help-ip-address = Verwendete IPv4-Adresse.
status-subnet-mask = Subnetzmaske
status-help-subnet-mask = Maske des eigenen Netzes.
status-default-gateway = Standard-Gateway
status-help-default-gateway = Router zu anderen Netzen; leer, solange es keinen gibt.
status-dns1 = DNS1
status-help-dns1 = Erster Nameserver; leer, solange es keinen gibt.
status-dns2 = DNS2
status-help-dns2 = Zweiter Nameserver; leer, solange es keinen gibt.
page-status-voip = VoIP-Status
about-status-voip = Rufnummer und Anmeldung jeder Leitung; [Aktualisieren] liest sie neu.
section-status-voip-voip-status = VoIP-Status
status-line-number = Leitung Nr.
status-help-line-number = Nummer der Leitung, 1 bis 6.
status-line-phone-number = Rufnummer
status-help-line-phone-number = Rufnummer der Leitung; leer, solange sie keine hat.
status-line-status = VoIP-Status
status-help-line-status = Angemeldet, oder Anmeldung läuft, solange der Server noch nicht geantwortet hat. Leer, solange die Leitung kein Konto hat oder der Server ihre Zugangsdaten abgelehnt hat.
value-registered = Angemeldet
value-registering = Anmeldung läuft

## Netzwerk

tab-network = Netzwerk
page-network-basic = Grundlegende Netzwerkeinstellungen
about-network-basic = Woher das Gerät seine Adresse und seine Nameserver bekommt. Das Speichern einer Änderung startet es neu, auch während eines Gesprächs.
section-network-basic-connection-mode = Verbindungsart
section-network-basic-dhcp-settings = DHCP-Einstellungen
section-network-basic-static-settings = Statische Einstellungen
page-network-http = HTTP-Client-Einstellungen
about-network-http = Wie das Gerät Konfiguration, Firmware, Bilder und Webseiten abruft, direkt oder über einen Proxy.
section-network-http-http-authentication = HTTP-Authentifizierung

label-NET_CONNECTION_MODE = Verbindungsart
help-NET_CONNECTION_MODE = Bezieht die Adresse von einem DHCP-Server (RFC 2131) oder verwendet die statische.
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = Statisch
label-NET_DNS_MODE = Domain Name Server
help-NET_DNS_MODE = Bezieht auch die Nameserver vom DHCP-Server oder verwendet DNS1 und DNS2.
choice-NET_DNS_MODE-automatic = DNS-Server-Adresse automatisch beziehen
choice-NET_DNS_MODE-manual = Folgende Einstellungen verwenden
label-NET_STATIC_ADDRESS = Statische IP-Adresse
help-NET_STATIC_ADDRESS = Eigene Adresse des Geräts, solange es keinen DHCP-Server fragt.
label-NET_SUBNET_MASK = Subnetzmaske
help-NET_SUBNET_MASK = Maske des eigenen Netzes, zur statischen Adresse.
label-NET_GATEWAY = Standard-Gateway
help-NET_GATEWAY = Router zu anderen Netzen, zur statischen Adresse. Leer: Das Gerät erreicht nur sein eigenes Netz.
label-NET_DNS1 = DNS1
help-NET_DNS1 = Erster Nameserver, bei statischer Adresse und bei DHCP mit eigenen Nameservern.
label-NET_DNS2 = DNS2
help-NET_DNS2 = Zweiter Nameserver; er wird gefragt, wenn DNS1 nicht antwortet.
label-HTTP_AUTH_ID = Authentifizierungs-ID
help-HTTP_AUTH_ID = Benutzername, mit dem das Gerät einem HTTP-Server antwortet, der danach fragt (RFC 7617, RFC 7616). Mit der Anmeldung an dieser Webseite hat er nichts zu tun.
label-HTTP_AUTH_PASS = Authentifizierungs-Passwort
help-HTTP_AUTH_PASS = Passwort zu HTTP_AUTH_ID.

## System

tab-system = System
page-system-language = Websprache
about-system-language = Sprache dieser Seiten für den Benutzer; die des Administrators sind immer englisch.
section-system-language-web-language = Websprache
page-system-user-password = Benutzerpasswort ändern
about-system-user-password = Ein neues Passwort für den Benutzer; danach wird bei seiner ersten Anmeldung gefragt.
section-system-user-password-change-user-password = Benutzerpasswort ändern

label-WEB_LANGUAGE = Sprache
help-WEB_LANGUAGE = Sprache der Webseite für den Benutzer. Die Seiten des Administrators sind immer englisch; das Display des Telefons hat eine eigene Sprache.
label-USER_PASS = Neues Passwort
help-USER_PASS = Passwort des Benutzers auf der Webseite, 6 bis 16 Zeichen; Groß- und Kleinschreibung zählt. Solange es leer ist, wird der Benutzer bei der ersten Anmeldung nach einem gefragt.

## Telefon

tab-telephone = Telefon
page-telephone-call-control = Anrufsteuerung
about-telephone-call-control = Wahl und Anrufbehandlung für alle Leitungen, und die Rufnummern, deren Anrufe abgewiesen werden.
section-telephone-call-control-call-control = Anrufsteuerung
section-telephone-call-control-call-rejection-phone-numbers = Abgewiesene Rufnummern
page-telephone-call-control-line = Anrufsteuerung [Leitung { $line }]
about-telephone-call-control-line = Anzeigename, Wählplan, Leistungsmerkmale und Rufumleitung einer Leitung.
dimension-line = Leitung { $number }
section-telephone-call-control-line-call-control = Anrufsteuerung
section-telephone-call-control-line-call-features = Leistungsmerkmale
section-telephone-call-control-line-call-forward = Rufumleitung
row-telephone-call-control-line-call-forward-unconditional = Immer
row-telephone-call-control-line-call-forward-busy = Bei besetzt
row-telephone-call-control-line-call-forward-no-answer = Bei Nichtmelden

label-DEFAULT_LINE_SELECT = Standardleitung für abgehende Anrufe
help-DEFAULT_LINE_SELECT = Leitung eines abgehenden Anrufs, für den niemand eine gewählt hat.
help-REJECTED_NUMBER = Rufnummer, deren Anrufe abgewiesen werden, mit dem Code in SIP_RESPONSE_CODE_CALL_REJECT. Nur Ziffern, *, # und + lassen sich zuverlässig mit der Nummer eines Anrufers vergleichen. Eine auf der Webseite gespeicherte Liste ersetzt die des Telefons.
label-DISPLAY_NAME = Anzeigename
help-DISPLAY_NAME = Name, den der Angerufene sieht: der Anzeigename im From-Header. Alle Unicode-Zeichen sind erlaubt; leer wird kein Name gesendet.
label-CALLER_ID_BLOCK = Rufnummer unterdrücken
help-CALLER_ID_BLOCK = Ruft an, ohne dem Angerufenen die Nummer der Leitung zu zeigen. Was ein solcher Anruf im From-Header trägt, bestimmen SIP_ANM_DISPNAME, SIP_ANM_USERNAME und SIP_ANM_HOSTNAME.
label-ANONYMOUS_BLOCK = Anonyme Anrufe abweisen
help-ANONYMOUS_BLOCK = Weist Anrufe ohne Rufnummer ab, mit der Antwort in SIP_RESPONSE_CODE_CALL_REJECT.
label-DND_ENABLE = Bitte nicht stören
help-DND_ENABLE = Weist jeden Anruf für die Leitung ab, mit der Antwort in SIP_RESPONSE_CODE_DND. „Bitte nicht stören“ auf dem Server wirkt, gleich was hier eingestellt ist.
label-FORWARD_ALWAYS_ENABLE = Rufumleitung aktivieren
help-FORWARD_ALWAYS_ENABLE = Leitet jeden Anruf für die Leitung um, ohne dass es klingelt.
label-FORWARD_ALWAYS_NUMBER = Rufnummer
help-FORWARD_ALWAYS_NUMBER = Rufnummer, zu der jeder Anruf umgeleitet wird. Sie darf nicht leer sein, solange FORWARD_ALWAYS_ENABLE eingeschaltet ist.
label-FORWARD_BUSY_ENABLE = Rufumleitung aktivieren
help-FORWARD_BUSY_ENABLE = Leitet einen Anruf um, der kommt, während die Leitung belegt ist.
label-FORWARD_BUSY_NUMBER = Rufnummer
help-FORWARD_BUSY_NUMBER = Rufnummer, zu der Anrufe umgeleitet werden, während die Leitung belegt ist. Sie darf nicht leer sein, solange FORWARD_BUSY_ENABLE eingeschaltet ist.
label-FORWARD_NO_ANSWER_ENABLE = Rufumleitung aktivieren
help-FORWARD_NO_ANSWER_ENABLE = Leitet einen Anruf um, den innerhalb von FORWARD_NO_ANSWER_RINGS Rufsignalen niemand annimmt.
label-FORWARD_NO_ANSWER_NUMBER = Rufnummer
help-FORWARD_NO_ANSWER_NUMBER = Rufnummer, zu der nicht angenommene Anrufe umgeleitet werden. Sie darf nicht leer sein, solange FORWARD_NO_ANSWER_ENABLE eingeschaltet ist.
label-FORWARD_NO_ANSWER_RINGS = Anzahl der Rufsignale
help-FORWARD_NO_ANSWER_RINGS = So oft klingelt ein Anruf, den niemand annimmt, bevor er umgeleitet wird; bei 0 wird er ohne Klingeln umgeleitet.
meaning-FORWARD_NO_ANSWER_RINGS-0 = ohne Klingeln
unit-rings = Rufsignale

## Regeln

rule-static-address-given = eine statische Verbindung braucht eine IP-Adresse: geben Sie eine ein, oder wählen Sie DHCP
rule-static-mask-given = eine statische Verbindung braucht eine Subnetzmaske, etwa 255.255.255.0
rule-manual-dns-given = es ist kein Nameserver angegeben: geben Sie DNS1 ein, oder beziehen Sie die Nameserver automatisch
rule-forward-always-destination = Leitung { $line }: die Rufumleitung „Immer“ ist eingeschaltet, hat aber keine Rufnummer als Ziel
rule-forward-busy-destination = Leitung { $line }: die Rufumleitung „Bei besetzt“ ist eingeschaltet, hat aber keine Rufnummer als Ziel
rule-forward-no-answer-destination = Leitung { $line }: die Rufumleitung „Bei Nichtmelden“ ist eingeschaltet, hat aber keine Rufnummer als Ziel

## Schaltflächen

button-save = Speichern
button-cancel = Abbrechen
button-refresh = Aktualisieren
button-web-port-close = Web-Port schließen
button-ok = OK
button-open-again = Seite neu öffnen

## Rund um jede Seite

skip-to-content = Zum Inhalt springen
navigation-tabs = Registerkarten
navigation-lines = Leitungen
title-error = Fehler: { $title }

## Rückfragen

confirm-save-restart = Das Speichern startet das Gerät sofort neu, auch während eines Gesprächs. Speichern?
confirm-cancel = Eingaben auf dieser Seite verwerfen?
confirm-web-port-close = Web-Port schließen und abmelden?
port-closed = Der Web-Port ist geschlossen, und Sie sind abgemeldet. Er wird am Telefon in den Netzwerkeinstellungen wieder geöffnet.
logged-out = Sie sind abgemeldet. An diesem Gerät bleibt der Web-Port offen.

## Ergebnisse

result-complete = Abgeschlossen
result-parameter-error = Fehlgeschlagen (Parameterfehler)
result-memory-access-failure = Fehlgeschlagen (Speicherzugriffsfehler)
result-transfer-failure = Fehlgeschlagen (Übertragungsfehler)
result-busy = Fehlgeschlagen (Gerät beschäftigt)
result-nothing-saved = Nichts wurde gespeichert. Ihre Eingaben stehen noch hier, außer Passwörtern.
result-nothing-changed = Es hat sich nichts geändert.
result-memory-full = Der Speicher ist voll. Nichts wurde gespeichert.
result-memory-unwritable = Der Speicher ließ sich nicht beschreiben. Nichts wurde gespeichert.
result-restart = Das Gerät startet jetzt neu. Öffnen Sie die Seite wieder, wenn es bereit ist.
result-new-address = Danach hat das Gerät vielleicht eine andere Adresse; das Telefon zeigt sie an.
result-new-password = Melden Sie sich mit dem neuen Passwort wieder an.
changes-live = Gilt sofort:
changes-re-register = Gilt, sobald sich die Leitung neu angemeldet hat:
changes-restart = Gilt nach einem Neustart:

## Werte

yes = Ja
no = Nein
shown-empty = leer
shown-set = festgelegt
shown-not-set = nicht festgelegt

## Felder

field-inherit = Zurück zum geerbten Wert:
field-shadowed = Auch hier festgelegt, aber es gilt:
field-no-effect = Bei den jetzigen Einstellungen ohne Wirkung.
field-locked = Von Ihrem Telefonanlagen-Händler gesperrt.
field-secret-stored = Ein Wert ist gespeichert; lassen Sie das Feld leer, um ihn zu behalten.
field-secret-missing = Kein Wert ist gespeichert.
field-secret-clear = Leeren
password-current = Aktuelles Passwort
password-confirm = Neues Passwort bestätigen
password-first-login = Wählen Sie zuerst ein eigenes Passwort.

## Herkunft eines Werts

origin-factory = Werkseinstellung
origin-web = Auf der Webseite festgelegt
origin-phone = Am Telefon festgelegt
origin-file = { $file }: { $source }, Zeile { $line }
origin-file-pre-provisioning = Pre-Provisioning-Datei
origin-file-master = Master-Datei
origin-file-product = Produktdatei
origin-file-standard = Standarddatei

## Was ein Feld aufnimmt

hint-text = höchstens { $max } Zeichen
hint-text-exact = genau { $max } Zeichen
hint-text-between = { $min } bis { $max } Zeichen
hint-any-script = beliebige Schrift
hint-only = nur { $characters }
hint-except = ohne { $characters }
hint-empty = darf leer sein
hint-integers = { $count } Zahlen, durch Kommas getrennt, jede { $ranges }
hint-ipv4 = IPv4-Adresse, etwa 192.0.2.10
hint-mask = Subnetzmaske, etwa 255.255.255.0
hint-host = Hostname mit höchstens { $max } Zeichen oder IPv4-Adresse
hint-url = URL mit { $schemes }
hint-sip-uri = SIP-URI, etwa sip:user@example.com
hint-time = Uhrzeit, 00:00 bis 23:59
hint-version = Version, 00.000 bis 15.999
hint-dial-plan = Wählplan mit höchstens { $max } Zeichen
hint-macros = wird bei Verwendung ersetzt: { $macros }
hint-join = { $first }; { $second }

## Zahlen und Zeichen

range = { $from } bis { $to }
range-even = { $ranges }, nur gerade Zahlen
range-step = { $ranges }, in Schritten von { $step }
character-blank = Leerzeichen
character-control = Steuerzeichen { $code }

## Fehler

error-empty = Geben Sie einen Wert ein.
error-too-long = Geben Sie höchstens { $max } Zeichen ein; es sind { $found }.
error-too-short = Geben Sie mindestens { $min } Zeichen ein; es sind { $found }.
error-character = { $character } an Stelle { $at } ist nicht erlaubt.
error-choice = Wählen Sie einen der angebotenen Werte.
error-number = Geben Sie eine ganze Zahl ein: { $ranges }.
error-range = { $found } ist nicht erlaubt. Geben Sie eine Zahl ein: { $ranges }.
error-count = Geben Sie { $count } Zahlen ein, durch Kommas getrennt; es sind { $found }.
error-ipv4 = Geben Sie eine IPv4-Adresse ein, etwa 192.0.2.10: vier Zahlen von 0 bis 255 ohne führende Nullen.
error-ipv4-reserved = { $found } ist nicht die Adresse eines Geräts.
error-mask = Geben Sie eine Subnetzmaske ein, etwa 255.255.255.0.
error-host = Geben Sie einen Hostnamen oder eine IPv4-Adresse ein.
error-url = Geben Sie eine URL ein mit { $schemes }.
error-sip-uri = Geben Sie eine SIP-URI ein, etwa sip:user@example.com.
error-time = Geben Sie eine Uhrzeit von 00:00 bis 23:59 ein.
error-version = Geben Sie eine Firmware-Version von 00.000 bis 15.999 ein.
error-other = Dieser Wert ist nicht erlaubt.
error-method = Diese Einstellung lässt sich nicht auf der Webseite ändern.
error-inherit = Wählen Sie entweder einen neuen oder den geerbten Wert.
error-password-current = Das aktuelle Passwort ist nicht richtig.
error-password-confirm = Das neue Passwort und seine Bestätigung stimmen nicht überein.

## Vergebliche Anfragen

trouble-not-found = Unter dieser Adresse gibt es keine Seite.
trouble-administrator = Diese Seite ist dem Administrator vorbehalten.
trouble-foreign-form = Das Formular stammt nicht von einer Seite dieses Geräts. Nichts wurde geändert.
trouble-stale-form = Das Formular ist älter als die jetzige Seite. Nichts wurde geändert.
