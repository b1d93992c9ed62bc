### English (US): the web page's own words.
###
### Titles, labels and help of settings are not here: the spec states them, and that is their English (US).
### Identifiers that begin with "button-" are bound to the room of a label.

## Buttons

button-save = Save
button-cancel = Cancel
button-refresh = Refresh
button-web-port-close = Web Port Close
button-ok = OK
button-open-again = Open the page again

## Around every page

skip-to-content = Skip to the content
navigation-tabs = Tabs
navigation-lines = Lines
title-error = Error: { $title }

## Questions before something is done

confirm-save-restart = Saving restarts the unit now, even during a call. Save?
confirm-cancel = Discard what you entered on this page?
confirm-web-port-close = Close the web port and log out?
port-closed = The web port is closed and you are logged out. It is opened again on the phone, in the network settings.
logged-out = You are logged out. On this unit the web port stays open.

## Result messages

result-complete = Complete
result-parameter-error = Failed (Parameter Error)
result-memory-access-failure = Failed (Memory Access Failure)
result-transfer-failure = Failed (Transfer Failure)
result-busy = Failed (Busy)

## What a result means

result-nothing-saved = Nothing was saved. What you entered is still here, except passwords.
result-nothing-changed = Nothing differs from before.
result-memory-full = The memory is full. Nothing was saved.
result-memory-unwritable = The memory could not be written. Nothing was saved.
result-restart = The unit restarts now. Open the page again when it is back.
result-new-address = The unit may then have another address; the phone shows it.
result-new-password = Log in again with the new password.
changes-live = Takes effect at once:
changes-re-register = Takes effect after the line has registered again:
changes-restart = Takes effect after a restart:

## Values

yes = Yes
no = No
shown-empty = empty
shown-set = set
shown-not-set = not set

## Fields

field-inherit = Back to inherited:
field-shadowed = Set here too, but this counts:
field-no-effect = Has no effect with the present settings.
field-locked = Locked by your phone system dealer.
field-secret-stored = A value is stored; leave the field empty to keep it.
field-secret-missing = No value is stored.
field-secret-clear = Set to empty

## Change of the password

password-current = Current Password
password-confirm = Confirm New Password
password-first-login = Choose a password of your own before you go on.

## Where a value comes from

origin-factory = Factory value
origin-web = Set on the web page
origin-phone = Set on the phone
# $file is one of the four below.
origin-file = { $file }: { $source }, line { $line }
origin-file-pre-provisioning = Pre-provisioning file
origin-file-master = Master file
origin-file-product = Product file
origin-file-standard = Standard file

## What a field takes

hint-text = at most { $max } characters
hint-text-exact = exactly { $max } characters
hint-text-between = { $min } to { $max } characters
hint-any-script = any script
# $characters is a list such as: " & ' < >
hint-only = only { $characters }
hint-except = except { $characters }
hint-empty = may be empty
# $count and $ranges are numbers, or made with the messages below.
hint-integers = { $count } numbers separated by commas, each { $ranges }
hint-ipv4 = IPv4 address such as 192.0.2.10
hint-mask = subnet mask such as 255.255.255.0
hint-host = host name of at most { $max } characters, or IPv4 address
# $schemes is a list such as: http://, ftp://
hint-url = URL with { $schemes }
hint-sip-uri = SIP URI such as sip:user@example.com
hint-time = time of day, 00:00 to 23:59
hint-version = version, 00.000 to 15.999
hint-dial-plan = dial plan of at most { $max } characters
hint-macros = replaced when used: { $macros }
hint-join = { $first }; { $second }

## Numbers and characters within other messages

range = { $from } to { $to }
range-even = { $ranges }, even numbers only
range-step = { $ranges }, in steps of { $step }
character-blank = blank
character-control = control character { $code }

## What is wrong with a value

error-empty = Enter a value.
error-too-long = Enter at most { $max } characters; these are { $found }.
error-too-short = Enter at least { $min } characters; these are { $found }.
# $at is the place of the character, from 1.
error-character = { $character } at character { $at } is not allowed.
error-choice = Choose one of the values offered.
error-number = Enter a whole number: { $ranges }.
error-range = { $found } is not allowed. Enter a number: { $ranges }.
error-count = Enter { $count } numbers separated by commas; these are { $found }.
error-ipv4 = Enter an IPv4 address such as 192.0.2.10: four numbers from 0 to 255 without leading zeros.
error-ipv4-reserved = { $found } is not the address of a host.
error-mask = Enter a subnet mask such as 255.255.255.0.
error-host = Enter a host name or an IPv4 address.
error-url = Enter a URL with { $schemes }.
error-sip-uri = Enter a SIP URI such as sip:user@example.com.
error-time = Enter a time of day from 00:00 to 23:59.
error-version = Enter a firmware version from 00.000 to 15.999.
error-other = This value is not allowed.
error-method = This setting cannot be changed on the web page.
error-inherit = Choose either a new value or the inherited one.
error-password-current = The current password is not right.
error-password-confirm = The new password and its confirmation differ.

## Requests that come to nothing

trouble-not-found = There is no page at this address.
trouble-administrator = This page is for the administrator.
trouble-foreign-form = The form did not come from a page of this unit. Nothing was changed.
trouble-stale-form = The form is older than the page as it is now. Nothing was changed.
