### Русский

## Состояние

tab-status = Состояние
page-status-version = Сведения о версии
about-status-version = Название модели и версии программного обеспечения аппарата.
section-status-version-version-information = Сведения о версии
status-model = Модель
status-help-model = Название модели аппарата, его же обозначает {"{"}MODEL{"}"}.
status-os-version = Версия ОС
status-help-os-version = Версия операционной системы, на которой работает программа телефона.
status-firmware-version = Версия прошивки
status-help-firmware-version = Версия работающей прошивки, её же обозначает {"{"}fwver{"}"}.
page-status-network = Состояние сети
about-status-network = Используемые адреса и состояние обоих портов Ethernet; [Обновить] считывает их заново.
section-status-network-network-status = Состояние сети
status-mac-address = MAC-адрес
status-help-mac-address = Аппаратный адрес порта LAN.
status-lan-port-link = Соединение Ethernet (порт LAN)
status-help-lan-port-link = Подключено или не подключено.
status-pc-port-link = Соединение Ethernet (порт PC)
status-help-pc-port-link = Подключено или не подключено.
value-connected = Подключено
value-not-connected = Не подключено
status-connection-mode = Режим подключения
status-help-connection-mode = DHCP или статический, если адрес введён вручную.
value-dhcp = DHCP
value-static = Статический
status-ip-address = IP-адрес
status-help-ip-address = Используемый адрес IPv4.
status-subnet-mask = Маска подсети
status-help-subnet-mask = Маска собственной сети аппарата.
status-default-gateway = Основной шлюз
status-help-default-gateway = Маршрутизатор в другие сети; пусто, пока его нет.
status-dns1 = DNS1
status-help-dns1 = Первичный сервер имён; пусто, пока его нет.
status-dns2 = DNS2
status-help-dns2 = Вторичный сервер имён; пусто, пока его нет.
page-status-voip = Состояние VoIP
about-status-voip = Номер телефона и регистрация каждой линии; [Обновить] считывает их заново.
section-status-voip-voip-status = Состояние VoIP
status-line-number = № линии
status-help-line-number = Номер линии, от 1 до 6.
status-line-phone-number = Номер телефона
status-help-line-phone-number = Номер телефона линии; пусто, пока у линии его нет.
status-line-status = Состояние VoIP
status-help-line-status = «Зарегистрирована» или «Регистрация», пока сервер ещё не ответил. Пусто, пока у линии нет учётной записи или если сервер отклонил её учётные данные.
value-registered = Зарегистрирована
value-registering = Регистрация

## Сеть

tab-network = Сеть
page-network-basic = Основные настройки сети
about-network-basic = Как аппарат получает адрес и серверы имён. После сохранения изменений он перезапускается, даже во время разговора.
section-network-basic-connection-mode = Режим подключения
section-network-basic-dhcp-settings = Настройки DHCP
section-network-basic-static-settings = Статические настройки
page-network-http = Настройки HTTP-клиента
about-network-http = Как аппарат загружает конфигурацию, прошивку, изображения и веб-страницы: напрямую или через прокси-сервер.
section-network-http-http-authentication = Аутентификация HTTP

label-NET_CONNECTION_MODE = Режим подключения
help-NET_CONNECTION_MODE = Получает адрес от сервера DHCP (RFC 2131) или использует статический.
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = Статический
label-NET_DNS_MODE = Сервер доменных имён
help-NET_DNS_MODE = Получает от сервера DHCP и серверы имён или использует DNS1 и DNS2.
choice-NET_DNS_MODE-automatic = Получать адрес DNS-сервера автоматически
choice-NET_DNS_MODE-manual = Использовать следующие настройки
label-NET_STATIC_ADDRESS = Статический IP-адрес
help-NET_STATIC_ADDRESS = Собственный адрес аппарата, когда он не обращается к серверу DHCP.
label-NET_SUBNET_MASK = Маска подсети
help-NET_SUBNET_MASK = Маска собственной сети аппарата, для статического адреса.
label-NET_GATEWAY = Основной шлюз
help-NET_GATEWAY = Маршрутизатор в другие сети, для статического адреса. Пусто: аппарату доступна только своя сеть.
label-NET_DNS1 = DNS1
help-NET_DNS1 = Первичный сервер имён, для статического адреса и для DHCP с заданными вручную серверами имён.
label-NET_DNS2 = DNS2
help-NET_DNS2 = Вторичный сервер имён, к нему обращаются, когда DNS1 не отвечает.
label-HTTP_AUTH_ID = Идентификатор аутентификации
help-HTTP_AUTH_ID = Имя пользователя, которое аппарат сообщает HTTP-серверу по его запросу (RFC 7617, RFC 7616). Со входом на эту веб-страницу оно не связано.
label-HTTP_AUTH_PASS = Пароль аутентификации
help-HTTP_AUTH_PASS = Пароль к HTTP_AUTH_ID.

## Система

tab-system = Система
page-system-language = Язык веб-страницы
about-system-language = Язык этих страниц для пользователя; страницы администратора всегда на английском.
section-system-language-web-language = Язык веб-страницы
page-system-user-password = Смена пароля пользователя
about-system-user-password = Новый пароль пользователя; его запрашивают при первом входе пользователя.
section-system-user-password-change-user-password = Смена пароля пользователя

label-WEB_LANGUAGE = Язык
help-WEB_LANGUAGE = Язык веб-страницы для пользователя. Страницы администратора всегда на английском; у дисплея телефона свой язык.
label-USER_PASS = Новый пароль
help-USER_PASS = Пароль пользователя на веб-странице, от 6 до 16 символов; прописные и строчные буквы различаются. Пока он пуст, при первом входе пользователя просят выбрать пароль.

## Телефон

tab-telephone = Телефон
page-telephone-call-control = Управление вызовами
about-telephone-call-control = Набор номера и обработка вызовов для всех линий, а также номера, вызовы с которых отклоняются.
section-telephone-call-control-call-control = Управление вызовами
section-telephone-call-control-call-rejection-phone-numbers = Отклоняемые номера
page-telephone-call-control-line = Управление вызовами [Линия { $line }]
about-telephone-call-control-line = Отображаемое имя, план набора, функции вызова и переадресация одной линии.
dimension-line = Линия { $number }
section-telephone-call-control-line-call-control = Управление вызовами
section-telephone-call-control-line-call-features = Функции вызова
section-telephone-call-control-line-call-forward = Переадресация вызовов
row-telephone-call-control-line-call-forward-unconditional = Безусловная
row-telephone-call-control-line-call-forward-busy = При занятости
row-telephone-call-control-line-call-forward-no-answer = При отсутствии ответа

label-DEFAULT_LINE_SELECT = Линия для исходящих по умолчанию
help-DEFAULT_LINE_SELECT = Линия исходящего вызова, для которого никто не выбрал другую.
help-REJECTED_NUMBER = Номер, вызовы с которого отклоняются, с кодом из SIP_RESPONSE_CODE_CALL_REJECT. С номером вызывающего надёжно сравниваются только цифры, *, # и +. Список, сохранённый на веб-странице, заменяет список телефона.
label-DISPLAY_NAME = Отображаемое имя
help-DISPLAY_NAME = Имя, которое видит вызываемый: отображаемое имя заголовка From. Допустимы любые символы Unicode; если пусто, имя не передаётся.
label-CALLER_ID_BLOCK = Скрыть свой номер
help-CALLER_ID_BLOCK = Вызывает, не показывая номер линии вызываемому. Что такой вызов несёт в заголовке From, определяют SIP_ANM_DISPNAME, SIP_ANM_USERNAME и SIP_ANM_HOSTNAME.
label-ANONYMOUS_BLOCK = Отклонять анонимные вызовы
help-ANONYMOUS_BLOCK = Отклоняет вызовы, в которых номер вызывающего скрыт, с ответом из SIP_RESPONSE_CODE_CALL_REJECT.
label-DND_ENABLE = Не беспокоить
help-DND_ENABLE = Отклоняет все вызовы на линию, с ответом из SIP_RESPONSE_CODE_DND. «Не беспокоить» на сервере действует независимо от этой настройки.
label-FORWARD_ALWAYS_ENABLE = Включить переадресацию
help-FORWARD_ALWAYS_ENABLE = Переадресует все вызовы на линию без звонка.
label-FORWARD_ALWAYS_NUMBER = Номер телефона
help-FORWARD_ALWAYS_NUMBER = Номер, на который переадресуются все вызовы. Он не может быть пустым, пока включён FORWARD_ALWAYS_ENABLE.
label-FORWARD_BUSY_ENABLE = Включить переадресацию
help-FORWARD_BUSY_ENABLE = Переадресует вызов, поступивший, пока линия занята.
label-FORWARD_BUSY_NUMBER = Номер телефона
help-FORWARD_BUSY_NUMBER = Номер, на который переадресуются вызовы, пока линия занята. Он не может быть пустым, пока включён FORWARD_BUSY_ENABLE.
label-FORWARD_NO_ANSWER_ENABLE = Включить переадресацию
help-FORWARD_NO_ANSWER_ENABLE = Переадресует вызов, на который никто не ответил за FORWARD_NO_ANSWER_RINGS звонков.
label-FORWARD_NO_ANSWER_NUMBER = Номер телефона
help-FORWARD_NO_ANSWER_NUMBER = Номер, на который переадресуются вызовы без ответа. Он не может быть пустым, пока включён FORWARD_NO_ANSWER_ENABLE.
label-FORWARD_NO_ANSWER_RINGS = Число звонков
help-FORWARD_NO_ANSWER_RINGS = Сколько звонков получает вызов без ответа, прежде чем будет переадресован; при 0 он переадресуется без звонка.
meaning-FORWARD_NO_ANSWER_RINGS-0 = без звонка
unit-rings = зв.

## Правила

rule-static-address-given = для статического подключения нужен IP-адрес: введите его или выберите DHCP
rule-static-mask-given = для статического подключения нужна маска подсети, например 255.255.255.0
rule-manual-dns-given = не указан сервер имён: введите DNS1 или получайте серверы имён автоматически
rule-forward-always-destination = линия { $line }: безусловная переадресация включена без номера назначения
rule-forward-busy-destination = линия { $line }: переадресация при занятости включена без номера назначения
rule-forward-no-answer-destination = линия { $line }: переадресация при отсутствии ответа включена без номера назначения

## Кнопки

button-save = Сохранить
button-cancel = Отмена
button-refresh = Обновить
button-web-port-close = Закрыть веб-порт
button-ok = OK
button-open-again = Открыть страницу снова

## Вокруг каждой страницы

skip-to-content = Перейти к содержанию
navigation-tabs = Вкладки
navigation-lines = Линии
title-error = Ошибка: { $title }

## Подтверждения

confirm-save-restart = При сохранении аппарат сразу перезапустится, даже во время разговора. Сохранить?
confirm-cancel = Отменить всё введённое на этой странице?
confirm-web-port-close = Закрыть веб-порт и выйти?
port-closed = Веб-порт закрыт, сеанс завершён. Снова открыть его можно на телефоне, в настройках сети.
logged-out = Сеанс завершён. На этом аппарате веб-порт остаётся открытым.

## Результаты

result-complete = Выполнено
result-parameter-error = Сбой (ошибка параметра)
result-memory-access-failure = Сбой (ошибка доступа к памяти)
result-transfer-failure = Сбой (ошибка передачи)
result-busy = Сбой (аппарат занят)
result-nothing-saved = Ничего не сохранено. Введённое осталось на странице, кроме паролей.
result-nothing-changed = Ничего не изменилось.
result-memory-full = Память заполнена. Ничего не сохранено.
result-memory-unwritable = Не удалось записать в память. Ничего не сохранено.
result-restart = Аппарат перезапускается. Откройте страницу снова, когда он будет готов.
result-new-address = После этого адрес аппарата может быть другим; его показывает телефон.
result-new-password = Войдите снова с новым паролем.
changes-live = Действует сразу:
changes-re-register = Действует после повторной регистрации линии:
changes-restart = Действует после перезапуска:

## Значения

yes = Да
no = Нет
shown-empty = пусто
shown-set = задано
shown-not-set = не задано

## Поля

field-inherit = Вернуть унаследованное значение:
field-shadowed = Задано и здесь, но действует:
field-no-effect = При текущих настройках не действует.
field-locked = Заблокировано поставщиком телефонной системы.
field-secret-stored = Значение сохранено; оставьте поле пустым, чтобы не менять его.
field-secret-missing = Значение не сохранено.
field-secret-clear = Очистить
password-current = Текущий пароль
password-confirm = Подтверждение нового пароля
password-first-login = Сначала выберите собственный пароль.

## Откуда значение

origin-factory = Заводское значение
origin-web = Задано на веб-странице
origin-phone = Задано на телефоне
origin-file = { $file }: { $source }, строка { $line }
origin-file-pre-provisioning = Файл предварительной настройки
origin-file-master = Общий файл
origin-file-product = Файл модели
origin-file-standard = Файл аппарата

## Что принимает поле

hint-text =
    не более { $max } { $max ->
        [one] символа
       *[other] символов
    }
hint-text-exact =
    ровно { $max } { $max ->
        [one] символ
        [few] символа
       *[other] символов
    }
hint-text-between =
    от { $min } до { $max } { $max ->
        [one] символа
       *[other] символов
    }
hint-any-script = любые буквы
hint-only = только { $characters }
hint-except = кроме { $characters }
hint-empty = может быть пустым
hint-integers = числа через запятую ({ $count }), каждое { $ranges }
hint-ipv4 = адрес IPv4, например 192.0.2.10
hint-mask = маска подсети, например 255.255.255.0
hint-host =
    имя узла не длиннее { $max } { $max ->
        [one] символа
       *[other] символов
    } или адрес IPv4
hint-url = URL с { $schemes }
hint-sip-uri = SIP URI, например sip:user@example.com
hint-time = время суток, от 00:00 до 23:59
hint-version = версия, от 00.000 до 15.999
hint-dial-plan =
    план набора не длиннее { $max } { $max ->
        [one] символа
       *[other] символов
    }
hint-macros = заменяется при использовании: { $macros }
hint-join = { $first }; { $second }

## Числа и символы

range = от { $from } до { $to }
range-even = { $ranges }, только чётные числа
range-step = { $ranges }, с шагом { $step }
character-blank = пробел
character-control = управляющий символ { $code }

## Ошибки

error-empty = Введите значение.
error-too-long =
    Введите не более { $max } { $max ->
        [one] символа
       *[other] символов
    }; сейчас их { $found }.
error-too-short =
    Введите не менее { $min } { $min ->
        [one] символа
       *[other] символов
    }; сейчас их { $found }.
error-character = { $character } в позиции { $at } не допускается.
error-choice = Выберите одно из предложенных значений.
error-number = Введите целое число: { $ranges }.
error-range = { $found } не допускается. Введите число: { $ranges }.
error-count = Введите числа через запятую ({ $count }); сейчас их { $found }.
error-ipv4 = Введите адрес IPv4, например 192.0.2.10: четыре числа от 0 до 255 без начальных нулей.
error-ipv4-reserved = { $found } не может быть адресом узла.
error-mask = Введите маску подсети, например 255.255.255.0.
error-host = Введите имя узла или адрес IPv4.
error-url = Введите URL с { $schemes }.
error-sip-uri = Введите SIP URI, например sip:user@example.com.
error-time = Введите время суток от 00:00 до 23:59.
error-version = Введите версию прошивки от 00.000 до 15.999.
error-other = Это значение не допускается.
error-method = Эту настройку нельзя изменить на веб-странице.
error-inherit = Выберите либо новое значение, либо унаследованное.
error-password-current = Текущий пароль неверен.
error-password-confirm = Новый пароль и его подтверждение не совпадают.

## Запросы без результата

trouble-not-found = По этому адресу страницы нет.
trouble-administrator = Эта страница только для администратора.
trouble-foreign-form = Форма получена не со страницы этого аппарата. Ничего не изменено.
trouble-stale-form = Форма старее нынешней страницы. Ничего не изменено.
