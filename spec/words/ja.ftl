### 日本語

## ステータス

tab-status = ステータス
page-status-version = バージョン情報
about-status-version = 本機の機種名とソフトウェアのバージョンです。
section-status-version-version-information = バージョン情報
status-model = 機種名
status-help-model = 本機の機種名です。{"{"}MODEL{"}"} はこの名前に置き換わります。
status-os-version = OSバージョン
status-help-os-version = 電話ソフトウェアが動作しているOSのバージョンです。
status-firmware-version = ファームウェアバージョン
status-help-firmware-version = 動作中のファームウェアのバージョンです。{"{"}fwver{"}"} はこのバージョンに置き換わります。
page-status-network = ネットワークステータス
about-status-network = 使用中のアドレスと2つのEthernetポートの状態です。[更新]で読み直します。
section-status-network-network-status = ネットワークステータス
status-mac-address = MACアドレス
status-help-mac-address = LANポートのハードウェアアドレスです。
status-lan-port-link = Ethernetリンク状態（LANポート）
status-help-lan-port-link = 「接続」または「未接続」です。
status-pc-port-link = Ethernetリンク状態（PCポート）
status-help-pc-port-link = 「接続」または「未接続」です。
value-connected = 接続
value-not-connected = 未接続
status-connection-mode = 接続モード
status-help-connection-mode = 「DHCP」です。アドレスを手動で入力した場合は「固定」です。
value-dhcp = DHCP
value-static = 固定
status-ip-address = IPアドレス
status-help-ip-address = 使用中のIPv4アドレスです。
status-subnet-mask = サブネットマスク
status-help-subnet-mask = 本機のネットワークのマスクです。
status-default-gateway = デフォルトゲートウェイ
status-help-default-gateway = 他のネットワークへのルーターです。ない間は空白です。
status-dns1 = DNS1
status-help-dns1 = プライマリDNSサーバーです。ない間は空白です。
status-dns2 = DNS2
status-help-dns2 = セカンダリDNSサーバーです。ない間は空白です。
page-status-voip = VoIPステータス
about-status-voip = 各回線の電話番号と登録状態です。[更新]で読み直します。
section-status-voip-voip-status = VoIPステータス
status-line-number = 回線番号
status-help-line-number = 回線の番号（1～6）です。
status-line-phone-number = 電話番号
status-help-line-phone-number = 回線の電話番号です。ない間は空白です。
status-line-status = VoIPステータス
status-help-line-status = 「登録済み」です。サーバーの応答を待つ間は「登録中」です。回線にアカウントがないとき、またはサーバーに認証を拒否されたときは空白です。
value-registered = 登録済み
value-registering = 登録中

## ネットワーク

tab-network = ネットワーク
page-network-basic = 基本ネットワーク設定
about-network-basic = 本機のアドレスとDNSサーバーの取得方法です。変更を保存すると、通話中でも再起動します。
section-network-basic-connection-mode = 接続モード
section-network-basic-dhcp-settings = DHCP設定
section-network-basic-static-settings = 固定設定
page-network-http = HTTPクライアント設定
about-network-http = 設定ファイル、ファームウェア、画像、Webページの取得方法です。直接またはプロキシ経由で取得します。
section-network-http-http-authentication = HTTP認証

label-NET_CONNECTION_MODE = 接続モード
help-NET_CONNECTION_MODE = DHCPサーバーからアドレスを取得する（RFC 2131）か、固定アドレスを使用します。
choice-NET_CONNECTION_MODE-dhcp = DHCP
choice-NET_CONNECTION_MODE-static = 固定
label-NET_DNS_MODE = ドメインネームサーバー
help-NET_DNS_MODE = DNSサーバーもDHCPサーバーから取得するか、DNS1とDNS2を使用します。
choice-NET_DNS_MODE-automatic = DNSサーバーのアドレスを自動取得する
choice-NET_DNS_MODE-manual = 次の設定を使用する
label-NET_STATIC_ADDRESS = 固定IPアドレス
help-NET_STATIC_ADDRESS = DHCPサーバーに問い合わせないときの本機のアドレスです。
label-NET_SUBNET_MASK = サブネットマスク
help-NET_SUBNET_MASK = 固定アドレスで使用する、本機のネットワークのマスクです。
label-NET_GATEWAY = デフォルトゲートウェイ
help-NET_GATEWAY = 固定アドレスで使用する、他のネットワークへのルーターです。空の場合、本機は自分のネットワークだけと通信できます。
label-NET_DNS1 = DNS1
help-NET_DNS1 = プライマリDNSサーバーです。固定アドレスのとき、およびDHCPでDNSサーバーを指定するときに使用します。
label-NET_DNS2 = DNS2
help-NET_DNS2 = セカンダリDNSサーバーです。DNS1が応答しないときに問い合わせます。
label-HTTP_AUTH_ID = 認証ID
help-HTTP_AUTH_ID = HTTPサーバーに認証を求められたときに本機が答えるユーザー名です（RFC 7617、RFC 7616）。このWebページへのログインとは関係ありません。
label-HTTP_AUTH_PASS = 認証パスワード
help-HTTP_AUTH_PASS = HTTP_AUTH_ID のパスワードです。

## システム

tab-system = システム
page-system-language = Web言語
about-system-language = ユーザー用ページの言語です。管理者用ページは常に英語です。
section-system-language-web-language = Web言語
page-system-user-password = ユーザーパスワード変更
about-system-user-password = ユーザーの新しいパスワードです。ユーザーが最初にログインしたときに設定を求められます。
section-system-user-password-change-user-password = ユーザーパスワード変更

label-WEB_LANGUAGE = 言語
help-WEB_LANGUAGE = ユーザー用Webページの言語です。管理者用ページは常に英語です。電話機の表示言語は別に設定します。
label-USER_PASS = 新しいパスワード
help-USER_PASS = Webページのユーザーのパスワードです。6～16文字で、大文字と小文字を区別します。空の間は、最初のログイン時に設定を求められます。

## 電話

tab-telephone = 電話
page-telephone-call-control = 呼制御
about-telephone-call-control = 全回線に共通のダイヤルと通話の設定、および着信を拒否する電話番号です。
section-telephone-call-control-call-control = 呼制御
section-telephone-call-control-call-rejection-phone-numbers = 着信拒否電話番号
page-telephone-call-control-line = 呼制御［回線{ $line }］
about-telephone-call-control-line = 1つの回線の表示名、ダイヤルプラン、通話機能、着信転送です。
dimension-line = 回線{ $number }
section-telephone-call-control-line-call-control = 呼制御
section-telephone-call-control-line-call-features = 通話機能
section-telephone-call-control-line-call-forward = 着信転送
row-telephone-call-control-line-call-forward-unconditional = 無条件
row-telephone-call-control-line-call-forward-busy = 話中時
row-telephone-call-control-line-call-forward-no-answer = 無応答時

label-DEFAULT_LINE_SELECT = 発信時の優先回線
help-DEFAULT_LINE_SELECT = 回線を選ばずに発信したときに使用する回線です。
help-REJECTED_NUMBER = 着信を拒否する電話番号です。SIP_RESPONSE_CODE_CALL_REJECT のコードで拒否します。発信者の番号と確実に照合できるのは、数字、*、#、+ だけです。Webページで保存すると、電話機のリストは上書きされます。
label-DISPLAY_NAME = 表示名
help-DISPLAY_NAME = 相手に表示される名前（Fromヘッダーの表示名）です。すべてのUnicode文字を使用できます。空の場合、名前は送信されません。
label-CALLER_ID_BLOCK = 発信者番号非通知
help-CALLER_ID_BLOCK = 回線の番号を相手に通知せずに発信します。このときのFromヘッダーの内容は、SIP_ANM_DISPNAME、SIP_ANM_USERNAME、SIP_ANM_HOSTNAME で決まります。
label-ANONYMOUS_BLOCK = 非通知着信拒否
help-ANONYMOUS_BLOCK = 発信者番号が通知されない着信を、SIP_RESPONSE_CODE_CALL_REJECT の応答で拒否します。
label-DND_ENABLE = 応答不可（DND）
help-DND_ENABLE = 回線へのすべての着信を、SIP_RESPONSE_CODE_DND の応答で拒否します。サーバー側の応答不可は、この設定にかかわらず有効です。
label-FORWARD_ALWAYS_ENABLE = 着信転送を有効にする
help-FORWARD_ALWAYS_ENABLE = 回線へのすべての着信を、呼び出さずに転送します。
label-FORWARD_ALWAYS_NUMBER = 電話番号
help-FORWARD_ALWAYS_NUMBER = すべての着信の転送先番号です。FORWARD_ALWAYS_ENABLE がオンの間は、空にできません。
label-FORWARD_BUSY_ENABLE = 着信転送を有効にする
help-FORWARD_BUSY_ENABLE = 回線の使用中に着信した呼を転送します。
label-FORWARD_BUSY_NUMBER = 電話番号
help-FORWARD_BUSY_NUMBER = 回線使用中の着信の転送先番号です。FORWARD_BUSY_ENABLE がオンの間は、空にできません。
label-FORWARD_NO_ANSWER_ENABLE = 着信転送を有効にする
help-FORWARD_NO_ANSWER_ENABLE = 呼出回数が FORWARD_NO_ANSWER_RINGS に達しても応答がない着信を転送します。
label-FORWARD_NO_ANSWER_NUMBER = 電話番号
help-FORWARD_NO_ANSWER_NUMBER = 応答がない着信の転送先番号です。FORWARD_NO_ANSWER_ENABLE がオンの間は、空にできません。
label-FORWARD_NO_ANSWER_RINGS = 呼出回数
help-FORWARD_NO_ANSWER_RINGS = 応答がない着信を転送するまでの呼出回数です。0の場合は、呼び出さずに転送します。
meaning-FORWARD_NO_ANSWER_RINGS-0 = 呼び出しなし
unit-rings = 回

## 規則

rule-static-address-given = 固定接続にはIPアドレスが必要です。アドレスを入力するか、DHCPを選択してください
rule-static-mask-given = 固定接続にはサブネットマスクが必要です（例：255.255.255.0）
rule-manual-dns-given = DNSサーバーが指定されていません。DNS1を入力するか、DNSサーバーを自動取得してください
rule-forward-always-destination = 回線{ $line }：無条件転送が有効ですが、転送先の電話番号がありません
rule-forward-busy-destination = 回線{ $line }：話中時転送が有効ですが、転送先の電話番号がありません
rule-forward-no-answer-destination = 回線{ $line }：無応答時転送が有効ですが、転送先の電話番号がありません

## ボタン

button-save = 保存
button-cancel = キャンセル
button-refresh = 更新
button-web-port-close = Webポートを閉じる
button-ok = OK
button-open-again = ページを開き直す

## すべてのページ

skip-to-content = 本文へ移動
navigation-tabs = タブ
navigation-lines = 回線
title-error = エラー：{ $title }

## 確認

confirm-save-restart = 保存すると、通話中でもすぐに再起動します。保存しますか？
confirm-cancel = このページで入力した内容を破棄しますか？
confirm-web-port-close = Webポートを閉じてログアウトしますか？
port-closed = Webポートを閉じ、ログアウトしました。再び開くには、電話機のネットワーク設定で操作してください。
logged-out = ログアウトしました。この機器ではWebポートは開いたままです。

## 結果

result-complete = 完了
result-parameter-error = 失敗（パラメーターエラー）
result-memory-access-failure = 失敗（メモリーアクセスエラー）
result-transfer-failure = 失敗（転送エラー）
result-busy = 失敗（ビジー）
result-nothing-saved = 何も保存されませんでした。パスワード以外の入力内容は残っています。
result-nothing-changed = 変更はありません。
result-memory-full = メモリーがいっぱいです。何も保存されませんでした。
result-memory-unwritable = メモリーに書き込めませんでした。何も保存されませんでした。
result-restart = 本機を再起動します。起動したら、ページを開き直してください。
result-new-address = 再起動後はアドレスが変わることがあります。アドレスは電話機で確認できます。
result-new-password = 新しいパスワードでログインし直してください。
changes-live = すぐに有効になります：
changes-re-register = 回線の再登録後に有効になります：
changes-restart = 再起動後に有効になります：

## 値

yes = はい
no = いいえ
shown-empty = 空
shown-set = 設定済み
shown-not-set = 未設定

## 項目

field-inherit = 継承値に戻す：
field-shadowed = ここでも設定されていますが、有効なのは次の値です：
field-no-effect = 現在の設定では効果がありません。
field-locked = 販売店によりロックされています。
field-secret-stored = 値が保存されています。変更しない場合は空のままにしてください。
field-secret-missing = 値は保存されていません。
field-secret-clear = 空にする
password-current = 現在のパスワード
password-confirm = 新しいパスワード（確認）
password-first-login = 最初に自分のパスワードを設定してください。

## 値の由来

origin-factory = 工場出荷値
origin-web = Webページで設定
origin-phone = 電話機で設定
origin-file = { $file }：{ $source }、{ $line }行目
origin-file-pre-provisioning = プリプロビジョニングファイル
origin-file-master = マスターファイル
origin-file-product = 機種別ファイル
origin-file-standard = 個別ファイル

## 入力できる内容

hint-text = { $max }文字以内
hint-text-exact = { $max }文字
hint-text-between = { $min }～{ $max }文字
hint-any-script = すべての文字
hint-only = { $characters } のみ
hint-except = { $characters } を除く
hint-empty = 空でもよい
hint-integers = コンマ区切りの数値（{ $count }個）、それぞれ { $ranges }
hint-ipv4 = IPv4アドレス（例：192.0.2.10）
hint-mask = サブネットマスク（例：255.255.255.0）
hint-host = { $max }文字以内のホスト名、またはIPv4アドレス
hint-url = { $schemes } のURL
hint-sip-uri = SIP URI（例：sip:user@example.com）
hint-time = 時刻（00:00～23:59）
hint-version = バージョン（00.000～15.999）
hint-dial-plan = { $max }文字以内のダイヤルプラン
hint-macros = 使用時に置換：{ $macros }
hint-join = { $first }、{ $second }

## 数値と文字

range = { $from }～{ $to }
range-even = { $ranges }、偶数のみ
range-step = { $ranges }、{ $step }刻み
character-blank = 空白
character-control = 制御文字 { $code }

## エラー

error-empty = 値を入力してください。
error-too-long = { $max }文字以内で入力してください（現在{ $found }文字）。
error-too-short = { $min }文字以上で入力してください（現在{ $found }文字）。
error-character = { $at }文字目の { $character } は使用できません。
error-choice = 選択肢から選んでください。
error-number = 整数を入力してください：{ $ranges }。
error-range = { $found } は使用できません。数値を入力してください：{ $ranges }。
error-count = コンマ区切りで数値を{ $count }個入力してください（現在{ $found }個）。
error-ipv4 = IPv4アドレスを入力してください（例：192.0.2.10）。0～255の数値4つで、先頭に0は付けません。
error-ipv4-reserved = { $found } はホストのアドレスとして使用できません。
error-mask = サブネットマスクを入力してください（例：255.255.255.0）。
error-host = ホスト名またはIPv4アドレスを入力してください。
error-url = { $schemes } のURLを入力してください。
error-sip-uri = SIP URIを入力してください（例：sip:user@example.com）。
error-time = 00:00～23:59の時刻を入力してください。
error-version = 00.000～15.999のファームウェアバージョンを入力してください。
error-other = この値は使用できません。
error-method = この設定はWebページでは変更できません。
error-inherit = 新しい値か継承値のどちらかを選んでください。
error-password-current = 現在のパスワードが正しくありません。
error-password-confirm = 新しいパスワードと確認用パスワードが一致しません。

## 処理できない要求

trouble-not-found = このアドレスにページはありません。
trouble-administrator = このページは管理者専用です。
trouble-foreign-form = フォームが本機のページから送信されていません。何も変更されませんでした。
trouble-stale-form = フォームが現在のページより古くなっています。何も変更されませんでした。
