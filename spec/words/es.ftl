### Español

## Estado

tab-status = Estado
page-status-version = Información de la versión
about-status-version = Nombre del modelo y versiones de software de la unidad.
section-status-version-version-information = Información de la versión
status-model = Modelo
status-help-model = Nombre del modelo de la unidad, el mismo que representa {"{"}MODEL{"}"}.
status-os-version = Versión del sistema operativo
status-help-os-version = Versión del sistema operativo sobre el que funciona el software del teléfono.
status-firmware-version = Versión del firmware
status-help-firmware-version = Versión del firmware en uso, la misma que representa {"{"}fwver{"}"}.
page-status-network = Estado de la red
about-status-network = Direcciones en uso y estado de los dos puertos Ethernet; [Actualizar] los vuelve a leer.
section-status-network-network-status = Estado de la red
status-mac-address = Dirección MAC
status-help-mac-address = Dirección física del puerto LAN.
status-lan-port-link = Estado del enlace Ethernet (puerto LAN)
status-help-lan-port-link = Conectado o no conectado.
status-pc-port-link = Estado del enlace Ethernet (puerto PC)
status-help-pc-port-link = Conectado o no conectado.
value-connected = Conectado
value-not-connected = No conectado
status-connection-mode = Modo de conexión
status-help-connection-mode = DHCP, o estática si la dirección se introdujo a mano.
value-dhcp = DHCP
value-static = Estática
status-ip-address = Dirección IP
status-help-ip-address = Dirección IPv4 en uso.
status-subnet-mask = Máscara de subred
status-help-subnet-mask = Máscara de la red de la unidad.
status-default-gateway = Puerta de enlace predeterminada
status-help-default-gateway = Router hacia otras redes; en blanco mientras no haya ninguno.
status-dns1 = DNS1
status-help-dns1 = Servidor de nombres principal; en blanco mientras no haya ninguno.
status-dns2 = DNS2
status-help-dns2 = Servidor de nombres secundario; en blanco mientras no haya ninguno.
page-status-voip = Estado de VoIP
about-status-voip = Número de teléfono y registro de cada línea; [Actualizar] los vuelve a leer.
section-status-voip-voip-status = Estado de VoIP
status-line-number = N.º de línea
status-help-line-number = Número de la línea, de 1 a 6.
status-line-phone-number = Número de teléfono
status-help-line-phone-number = Número de teléfono de la línea; en blanco mientras no tenga ninguno.
status-line-status = Estado de VoIP
status-help-line-status = Registrada, o Registrando mientras el servidor no haya respondido. En blanco mientras la línea no tenga cuenta o si el servidor rechazó sus credenciales.
value-registered = Registrada
value-registering = Registrando

## Red

tab-network = Red
page-network-basic = Ajustes básicos de red
about-network-basic = Cómo obtiene la unidad su dirección y sus servidores de nombres. Guardar un cambio la reinicia, incluso durante una llamada.
section-network-basic-connection-mode = Modo de conexión
section-network-basic-dhcp-settings = Ajustes de DHCP
section-network-basic-static-settings = Ajustes estáticos
page-network-http = Ajustes del cliente HTTP
about-network-http = Cómo obtiene la unidad la configuración, el firmware, las imágenes y las páginas web, directamente o a través de un proxy.
section-network-http-http-authentication = Autenticación HTTP

label-NET_CONNECTION_MODE = Modo de conexión
help-NET_CONNECTION_MODE = Obtiene la dirección de un servidor DHCP (RFC 2131) o usa la estática.
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = Estática
label-NET_DNS_MODE = Servidor de nombres de dominio
help-NET_DNS_MODE = Obtiene del servidor DHCP también los servidores de nombres, o usa DNS1 y DNS2.
choice-NET_DNS_MODE-automatic = Obtener la dirección DNS automáticamente
choice-NET_DNS_MODE-manual = Usar los ajustes siguientes
label-NET_STATIC_ADDRESS = Dirección IP estática
help-NET_STATIC_ADDRESS = Dirección propia de la unidad cuando no consulta a un servidor DHCP.
label-NET_SUBNET_MASK = Máscara de subred
help-NET_SUBNET_MASK = Máscara de la red de la unidad, para la dirección estática.
label-NET_GATEWAY = Puerta de enlace predeterminada
help-NET_GATEWAY = Router hacia otras redes, para la dirección estática. Vacío: la unidad solo alcanza su propia red.
label-NET_DNS1 = DNS1
help-NET_DNS1 = Servidor de nombres principal, para una dirección estática y para DHCP con servidores de nombres propios.
label-NET_DNS2 = DNS2
help-NET_DNS2 = Servidor de nombres secundario; se le pregunta cuando DNS1 no responde.
label-HTTP_AUTH_ID = ID de autenticación
help-HTTP_AUTH_ID = Nombre de usuario con el que la unidad responde a un servidor HTTP que lo pide (RFC 7617, RFC 7616). No tiene nada que ver con el acceso a esta página web.
label-HTTP_AUTH_PASS = Contraseña de autenticación
help-HTTP_AUTH_PASS = Contraseña que acompaña a HTTP_AUTH_ID.

## Sistema

tab-system = Sistema
page-system-language = Idioma web
about-system-language = Idioma de estas páginas para el usuario; las del administrador están siempre en inglés.
section-system-language-web-language = Idioma web
page-system-user-password = Cambiar contraseña de usuario
about-system-user-password = Una nueva contraseña para el usuario; se pide en su primer acceso.
section-system-user-password-change-user-password = Cambiar contraseña de usuario

label-WEB_LANGUAGE = Idioma
help-WEB_LANGUAGE = Idioma de la página web para el usuario. Las páginas del administrador están siempre en inglés; la pantalla del teléfono tiene su propio idioma.
label-USER_PASS = Contraseña nueva
help-USER_PASS = Contraseña del usuario en la página web, de 6 a 16 caracteres; se distinguen mayúsculas y minúsculas. Mientras esté vacía, el primer acceso pide al usuario que elija una.

## Teléfono

tab-telephone = Teléfono
page-telephone-call-control = Control de llamadas
about-telephone-call-control = Marcación y tratamiento de llamadas de todas las líneas, y los números cuyas llamadas se rechazan.
section-telephone-call-control-call-control = Control de llamadas
section-telephone-call-control-call-rejection-phone-numbers = Números rechazados
page-telephone-call-control-line = Control de llamadas [Línea { $line }]
about-telephone-call-control-line = Nombre para mostrar, plan de marcación, funciones de llamada y desvío de llamadas de una línea.
dimension-line = Línea { $number }
section-telephone-call-control-line-call-control = Control de llamadas
section-telephone-call-control-line-call-features = Funciones de llamada
section-telephone-call-control-line-call-forward = Desvío de llamadas
row-telephone-call-control-line-call-forward-unconditional = Incondicional
row-telephone-call-control-line-call-forward-busy = Si está ocupado
row-telephone-call-control-line-call-forward-no-answer = Si no hay respuesta

label-DEFAULT_LINE_SELECT = Línea predeterminada para llamadas salientes
help-DEFAULT_LINE_SELECT = Línea de una llamada saliente para la que nadie eligió ninguna.
help-REJECTED_NUMBER = Número cuyas llamadas se rechazan, con el código de SIP_RESPONSE_CODE_CALL_REJECT. Solo las cifras, *, # y + se comparan con seguridad con el número de quien llama. Una lista guardada en la página web sustituye a la del teléfono.
label-DISPLAY_NAME = Nombre para mostrar
help-DISPLAY_NAME = Nombre que ve la persona llamada: el nombre para mostrar de la cabecera From. Admite cualquier carácter Unicode; vacío, no se envía ningún nombre.
label-CALLER_ID_BLOCK = Ocultar número propio
help-CALLER_ID_BLOCK = Llama sin mostrar el número de la línea a la persona llamada. Lo que lleva esa llamada en la cabecera From depende de SIP_ANM_DISPNAME, SIP_ANM_USERNAME y SIP_ANM_HOSTNAME.
label-ANONYMOUS_BLOCK = Rechazar llamadas anónimas
help-ANONYMOUS_BLOCK = Rechaza las llamadas que no muestran el número de quien llama, con la respuesta de SIP_RESPONSE_CODE_CALL_REJECT.
label-DND_ENABLE = No molestar
help-DND_ENABLE = Rechaza todas las llamadas a la línea, con la respuesta de SIP_RESPONSE_CODE_DND. «No molestar» en el servidor actúa con independencia de este ajuste.
label-FORWARD_ALWAYS_ENABLE = Activar desvío de llamadas
help-FORWARD_ALWAYS_ENABLE = Desvía todas las llamadas de la línea, sin que suene.
label-FORWARD_ALWAYS_NUMBER = Número de teléfono
help-FORWARD_ALWAYS_NUMBER = Número al que se desvían todas las llamadas. No puede estar vacío mientras FORWARD_ALWAYS_ENABLE esté activado.
label-FORWARD_BUSY_ENABLE = Activar desvío de llamadas
help-FORWARD_BUSY_ENABLE = Desvía una llamada que llega mientras la línea está ocupada.
label-FORWARD_BUSY_NUMBER = Número de teléfono
help-FORWARD_BUSY_NUMBER = Número al que se desvían las llamadas mientras la línea está ocupada. No puede estar vacío mientras FORWARD_BUSY_ENABLE esté activado.
label-FORWARD_NO_ANSWER_ENABLE = Activar desvío de llamadas
help-FORWARD_NO_ANSWER_ENABLE = Desvía una llamada que nadie contesta en FORWARD_NO_ANSWER_RINGS tonos.
label-FORWARD_NO_ANSWER_NUMBER = Número de teléfono
help-FORWARD_NO_ANSWER_NUMBER = Número al que se desvían las llamadas sin respuesta. No puede estar vacío mientras FORWARD_NO_ANSWER_ENABLE esté activado.
label-FORWARD_NO_ANSWER_RINGS = Número de tonos
help-FORWARD_NO_ANSWER_RINGS = Tonos que suena una llamada sin respuesta antes de desviarse; con 0 se desvía sin sonar.
meaning-FORWARD_NO_ANSWER_RINGS-0 = sin sonar
unit-rings = tonos

## Reglas

rule-static-address-given = una conexión estática necesita una dirección IP: introduzca una o elija DHCP
rule-static-mask-given = una conexión estática necesita una máscara de subred, por ejemplo 255.255.255.0
rule-manual-dns-given = no se ha indicado ningún servidor de nombres: introduzca DNS1 u obtenga los servidores de nombres automáticamente
rule-forward-always-destination = línea { $line }: el desvío incondicional está activado sin número de destino
rule-forward-busy-destination = línea { $line }: el desvío si está ocupado está activado sin número de destino
rule-forward-no-answer-destination = línea { $line }: el desvío si no hay respuesta está activado sin número de destino

## Botones

button-save = Guardar
button-cancel = Cancelar
button-refresh = Actualizar
button-web-port-close = Cerrar puerto web
button-ok = Aceptar
button-open-again = Abrir la página de nuevo

## Alrededor de cada página

skip-to-content = Ir al contenido
navigation-tabs = Pestañas
navigation-lines = Líneas
title-error = Error: { $title }

## Confirmaciones

confirm-save-restart = Al guardar, la unidad se reinicia de inmediato, incluso durante una llamada. ¿Guardar?
confirm-cancel = ¿Descartar lo introducido en esta página?
confirm-web-port-close = ¿Cerrar el puerto web y la sesión?
port-closed = El puerto web está cerrado y su sesión ha terminado. Se vuelve a abrir en el teléfono, en los ajustes de red.
logged-out = Su sesión ha terminado. En este equipo el puerto web permanece abierto.

## Resultados

result-complete = Completado
result-parameter-error = Error (parámetro incorrecto)
result-memory-access-failure = Error (acceso a la memoria)
result-transfer-failure = Error (transferencia)
result-busy = Error (unidad ocupada)
result-nothing-saved = No se ha guardado nada. Lo introducido sigue aquí, salvo las contraseñas.
result-nothing-changed = No ha cambiado nada.
result-memory-full = La memoria está llena. No se ha guardado nada.
result-memory-unwritable = No se ha podido escribir en la memoria. No se ha guardado nada.
result-restart = La unidad se reinicia ahora. Vuelva a abrir la página cuando esté lista.
result-new-address = Es posible que después la unidad tenga otra dirección; el teléfono la muestra.
result-new-password = Inicie sesión de nuevo con la contraseña nueva.
changes-live = Tiene efecto de inmediato:
changes-re-register = Tiene efecto cuando la línea se haya registrado de nuevo:
changes-restart = Tiene efecto tras un reinicio:

## Valores

yes = Sí
no = No
shown-empty = vacío
shown-set = definido
shown-not-set = no definido

## Campos

field-inherit = Volver al valor heredado:
field-shadowed = También definido aquí, pero vale lo siguiente:
field-no-effect = Sin efecto con los ajustes actuales.
field-locked = Bloqueado por su distribuidor de telefonía.
field-secret-stored = Hay un valor guardado; deje el campo vacío para conservarlo.
field-secret-missing = No hay ningún valor guardado.
field-secret-clear = Vaciar
password-current = Contraseña actual
password-confirm = Confirmar contraseña nueva
password-first-login = Elija primero una contraseña propia.

## Origen de un valor

origin-factory = Valor de fábrica
origin-web = Definido en la página web
origin-phone = Definido en el teléfono
origin-file = { $file }: { $source }, línea { $line }
origin-file-pre-provisioning = Archivo de preaprovisionamiento
origin-file-master = Archivo maestro
origin-file-product = Archivo de producto
origin-file-standard = Archivo estándar

## Lo que admite un campo

hint-text = { $max } caracteres como máximo
hint-text-exact = exactamente { $max } caracteres
hint-text-between = de { $min } a { $max } caracteres
hint-any-script = cualquier escritura
hint-only = solo { $characters }
hint-except = excepto { $characters }
hint-empty = puede estar vacío
hint-integers = { $count } números separados por comas, cada uno { $ranges }
hint-ipv4 = dirección IPv4, por ejemplo 192.0.2.10
hint-mask = máscara de subred, por ejemplo 255.255.255.0
hint-host = nombre de host de { $max } caracteres como máximo o dirección IPv4
hint-url = URL con { $schemes }
hint-sip-uri = URI SIP, por ejemplo sip:user@example.com
hint-time = hora, de 00:00 a 23:59
hint-version = versión, de 00.000 a 15.999
hint-dial-plan = plan de marcación de { $max } caracteres como máximo
hint-macros = se sustituye al usarse: { $macros }
hint-join = { $first }; { $second }

## Números y caracteres

range = { $from } a { $to }
range-even = { $ranges }, solo números pares
range-step = { $ranges }, en pasos de { $step }
character-blank = espacio
character-control = carácter de control { $code }

## Errores

error-empty = Introduzca un valor.
error-too-long = Introduzca { $max } caracteres como máximo; hay { $found }.
error-too-short = Introduzca { $min } caracteres como mínimo; hay { $found }.
error-character = { $character } en la posición { $at } no está permitido.
error-choice = Elija uno de los valores ofrecidos.
error-number = Introduzca un número entero: { $ranges }.
error-range = { $found } no está permitido. Introduzca un número: { $ranges }.
error-count = Introduzca { $count } números separados por comas; hay { $found }.
error-ipv4 = Introduzca una dirección IPv4, por ejemplo 192.0.2.10: cuatro números de 0 a 255 sin ceros a la izquierda.
error-ipv4-reserved = { $found } no es la dirección de un host.
error-mask = Introduzca una máscara de subred, por ejemplo 255.255.255.0.
error-host = Introduzca un nombre de host o una dirección IPv4.
error-url = Introduzca una URL con { $schemes }.
error-sip-uri = Introduzca un URI SIP, por ejemplo sip:user@example.com.
error-time = Introduzca una hora de 00:00 a 23:59.
error-version = Introduzca una versión de firmware de 00.000 a 15.999.
error-other = Este valor no está permitido.
error-method = Este ajuste no se puede cambiar en la página web.
error-inherit = Elija un valor nuevo o el heredado, no ambos.
error-password-current = La contraseña actual no es correcta.
error-password-confirm = La contraseña nueva y su confirmación no coinciden.

## Peticiones sin resultado

trouble-not-found = No hay ninguna página en esta dirección.
trouble-administrator = Esta página es solo para el administrador.
trouble-foreign-form = El formulario no procede de una página de esta unidad. No se ha cambiado nada.
trouble-stale-form = El formulario es más antiguo que la página actual. No se ha cambiado nada.
