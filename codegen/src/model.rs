//! What a spec file may say: the serde model, from which the editor's JSON Schema is derived too.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// One file `spec/<category>/<group>.toml`: a group header and its parameters in form order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct GroupFile {
    /// What this group of parameters is.
    pub group: Group,
    /// The parameter families, by the name that they have in a configuration file.
    #[serde(flatten)]
    pub params: IndexMap<String, Param>,
}

/// The header of a group file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Group {
    /// Heading in the documentation and in example files.
    pub title: String,
    /// What the group is for, in a sentence or two.
    pub doc: String,
}

/// One parameter family, declared once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Param {
    /// The dimensions it repeats over (`line`, `button`, ...), in the order of the numbers in its name.
    #[serde(default)]
    pub per: OneOrMany,
    /// The name pattern, where it is not the family name followed by each dimension's suffix: `PROFILE_ENABLE{line}`.
    pub name: Option<String>,
    /// The field of the typed settings; unique over all parameters.
    pub field: String,
    /// Format and range of its values.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The unit of the number, which also picks the Rust type.
    pub unit: Option<Unit>,
    /// The factory value: one for all, or one for each number of the (single) dimension.
    pub default: Default,
    /// Whether the empty string is a value.
    #[serde(default)]
    pub empty: bool,
    /// A password or key: never shown, logged or exported in clear.
    #[serde(default)]
    pub secret: bool,
    /// Whether a configuration file may set it.
    #[serde(default = "yes")]
    pub file: bool,
    /// Element path below `PANASipPhoneConfig/Dev`, attribute excluded: `Srv/Prof/SIP/TimerT1`.
    pub xml: Option<String>,
    /// Element names that other models of the family use for the last step of `xml`.
    #[serde(default)]
    pub xml_aliases: Vec<String>,
    /// The XML element is an extension of ours, absent from the guide's table.
    #[serde(default)]
    pub xml_extension: bool,
    /// Where the web page shows it.
    pub web: Option<Web>,
    /// Where the phone's own screens show it.
    pub phone: Option<Phone>,
    /// It has an effect only while this condition over other parameters holds.
    pub when: Option<String>,
    /// What a change needs before it counts.
    #[serde(default)]
    pub applies: Applies,
    /// An exception to the order of precedence.
    pub priority: Option<Priority>,
    /// Other names that files may use for it, with the same placeholders as `name`.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Names that administrators write by mistake: refused, with this one as the remedy.
    #[serde(default)]
    pub mistaken: Vec<String>,
    /// What it does, in one to three sentences of our own; the first one stands alone as a summary.
    pub doc: String,
    /// Why the default is what it is, where that is not plain.
    pub why: Option<String>,
    /// A value that shows the format, for the docs, where the default does not.
    pub example: Option<String>,
    /// The numbered rules of the guide that it comes from.
    #[serde(default)]
    pub guide: Vec<u16>,
}

fn yes() -> bool {
    true
}

/// One dimension or several.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single dimension.
    One(String),
    /// Several, outermost number first as in the name.
    Many(Vec<String>),
}

impl std::default::Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// The names as a slice.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Format and range of a value.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Type {
    /// `Y` or `N`.
    Boolean,
    /// Two other words for on and off.
    Switch(Switch),
    /// A whole number.
    Integer(Integer),
    /// One of a few values.
    Choice(Vec<Choice>),
    /// Whole numbers separated by commas.
    Integers(Integers),
    /// Free text.
    Text(Text),
    /// A host name or an IPv4 address in dotted-decimal notation.
    Host(Host),
    /// An IPv4 address in dotted-decimal notation.
    Ipv4(Ipv4),
    /// An RFC 1738 URL with optional user, password and port.
    Url(Url),
    /// `sip:user@host`; a bare user and a missing scheme are accepted with advice.
    SipUri,
    /// `hh:mm`, 00:00 to 23:59.
    TimeOfDay,
    /// `nn.nnn`, 00.000 to 15.999.
    FirmwareVersion,
    /// A dial plan of at most 500 characters.
    DialPlan,
}

/// The two words of a switch.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Switch {
    /// The word for on.
    pub on: String,
    /// The word for off.
    pub off: String,
}

/// A whole number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Integer {
    /// Allowed values: `0, 10..300`, both ends included.
    pub range: String,
    /// Distance of allowed values, counted from the start of their range.
    pub step: Option<u32>,
    /// The number that means "off": the typed value is then `None`.
    pub none: Option<i64>,
    /// What special numbers mean, for people: `0 = "no limit"`.
    #[serde(default)]
    pub meaning: IndexMap<String, String>,
}

/// Whole numbers separated by commas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Integers {
    /// Allowed values of each number.
    pub range: String,
    /// How many numbers: `1..10`.
    pub length: String,
    /// What special numbers mean.
    #[serde(default)]
    pub meaning: IndexMap<String, String>,
}

/// One of a few values.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Choice {
    /// A number that speaks for itself (with a unit).
    Number(i64),
    /// A value with its words.
    Named(NamedChoice),
}

/// A value with its words.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NamedChoice {
    /// As written in a file.
    pub value: String,
    /// The variant of the Rust enum.
    pub variant: String,
    /// As shown to people.
    pub label: String,
    /// IANA zone, for time zones.
    pub zone: Option<String>,
}

/// Free text: printable ASCII without the double quote, unless it says otherwise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Text {
    /// Fewest characters of a value that is not empty (default 1).
    #[serde(default = "one")]
    pub min: u32,
    /// Most characters.
    pub max: u32,
    /// The only allowed characters, as a set: `0-9*#`.
    pub allow: Option<String>,
    /// Characters that are refused.
    #[serde(default)]
    pub forbid: String,
    /// Whether Unicode is allowed: no, the Basic Multilingual Plane (at most three bytes a character), or all.
    #[serde(default)]
    pub unicode: Unicode,
    /// Macros that are replaced when the value is used: `mac`, `MAC`, `MODEL`, `fwver`.
    #[serde(default)]
    pub macros: Vec<String>,
}

fn one() -> u32 {
    1
}

/// Which Unicode characters a text takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unicode {
    /// ASCII only.
    #[default]
    None,
    /// Characters of at most three UTF-8 bytes.
    Bmp,
    /// Every character that is not a control.
    All,
}

/// A host name or address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Host {
    /// Most characters.
    #[serde(default = "host_max")]
    pub max: u32,
}

fn host_max() -> u32 {
    127
}

/// An IPv4 address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ipv4 {
    /// Whether 127.0.0.1 is allowed; 0.0.0.0 and 255.255.255.255 never are, but for a mask.
    #[serde(default)]
    pub role: Ipv4Role,
}

/// What an IPv4 address is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ipv4Role {
    /// A server: not 0.0.0.0 or 255.255.255.255.
    #[default]
    Server,
    /// The unit's own network: 127.0.0.1 is refused as well.
    Unit,
    /// A subnet mask: ones, then zeros, not all zeros and not all ones.
    Mask,
}

/// An RFC 1738 URL.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Url {
    /// The schemes it takes.
    pub schemes: Vec<String>,
    /// Prefixes that may stand before the URL: `b,`.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Macros that are replaced when the value is used.
    #[serde(default)]
    pub macros: Vec<String>,
    /// What is appended to a URL that ends in a slash.
    pub index: Option<String>,
}

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Milliseconds (a `Duration`).
    Ms,
    /// Ten milliseconds (a `Duration`).
    TenMs,
    /// Seconds (a `Duration`).
    S,
    /// Minutes (a `Duration`).
    Min,
    /// Bits.
    Bits,
    /// Hertz.
    Hz,
    /// Decibels.
    Db,
    /// Percent.
    Percent,
    /// Rings.
    Rings,
    /// A UDP or TCP port.
    Port,
    /// A differentiated services code point (RFC 2474).
    Dscp,
    /// A VLAN identifier (IEEE 802.1Q).
    VlanId,
}

/// The factory value.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Default {
    /// The same everywhere, as written in a file.
    Text(String),
    /// The same number everywhere.
    Number(i64),
    /// `Y` or `N` everywhere.
    Bool(bool),
    /// One for each number of the dimension.
    Each(Vec<Default>),
}

/// Where the web page shows a parameter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Web {
    /// `tab/page` of `spec/pages.toml`.
    pub page: String,
    /// One of the page's sections.
    pub section: String,
    /// The heading that several fields share: `IP Phone`.
    pub row: Option<String>,
    /// The field's label; `{channel}` and the like stand for its number.
    pub label: String,
    /// Who may change it.
    #[serde(default)]
    pub access: Access,
    /// What the page says for a value, where that differs from the type's own words: `{ Y = "No", N = "Yes" }`.
    #[serde(default)]
    pub labels: IndexMap<String, String>,
    /// A control that the type does not imply.
    pub widget: Option<Widget>,
}

/// Who may change a parameter on the web page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// The administrator only.
    #[default]
    Admin,
    /// The user too.
    User,
    /// The user too, unless the dealer locked it.
    UserUnlessLocked,
}

/// A control that the type does not imply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Widget {
    /// Current, new and repeated password.
    PasswordChange,
    /// Radio buttons in place of a list.
    Radio,
    /// A text of several rows.
    Area,
}

/// Where the phone's own screens show a parameter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Phone {
    /// The screen, from \[Settings\] on: `Network > Ethernet`.
    pub screen: String,
    /// The label, where the web page has no other.
    pub label: Option<String>,
    /// Whether the administrator's password is asked for first.
    #[serde(default)]
    pub access: Access,
}

/// What a change needs before it counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applies {
    /// Counts at once, for what starts afterwards.
    #[default]
    Live,
    /// The line registers anew.
    ReRegister,
    /// The unit restarts.
    Restart,
}

/// An exception to the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// A file's value beats the one set on the phone (guide rule 47).
    FileOverUser,
}

/// `spec/index.toml`: categories and groups in order, and the dimensions.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Index {
    /// Folders below `spec/`, in the order of the documentation.
    pub category: IndexMap<String, Category>,
    /// What parameters repeat over, outermost first.
    pub dimension: IndexMap<String, Dimension>,
}

/// A folder of groups.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Category {
    /// Heading.
    pub title: String,
    /// Its group files in order, without `.toml`.
    pub groups: Vec<String>,
}

/// What parameters repeat over.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dimension {
    /// Its numbers as they stand in names.
    pub numbers: Vec<u16>,
    /// How a number ends a name: `_{}`.
    pub suffix: String,
    /// The array in the typed settings: `lines`.
    pub plural: String,
    /// What one of them is called: `Line`.
    pub title: String,
    /// The XML element whose `ID` attribute carries the number: `Line`.
    pub xml: Option<String>,
    /// Titles of the single numbers, where the number does not speak for itself: codec names.
    #[serde(default)]
    pub titles: Vec<String>,
}

/// `spec/pages.toml`: tabs, pages and sections of the web page in order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pages {
    /// Tabs from left to right.
    pub tab: IndexMap<String, Tab>,
}

/// A tab of the web page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tab {
    /// As shown.
    pub title: String,
    /// Menu items from top to bottom.
    pub page: IndexMap<String, Page>,
}

/// A menu item and its page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Page {
    /// As shown.
    pub title: String,
    /// What the page is for, in a sentence.
    pub doc: String,
    /// The dimension that has one page each.
    pub per: Option<String>,
    /// Sections from top to bottom.
    #[serde(default)]
    pub sections: Vec<String>,
    /// A page that does something in place of showing settings.
    pub action: Option<Action>,
    /// Saving a change here restarts the unit at once (guide rule 147).
    #[serde(default)]
    pub restarts: bool,
}

/// What a page without settings does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Forgets all that the web page set, then restarts.
    ResetWebSettings,
    /// Restarts the unit.
    Restart,
}

/// `spec/status.toml`: what the status pages show.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StatusFile {
    /// Rows in order, by identifier.
    pub row: IndexMap<String, StatusRow>,
}

/// A row of a status page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StatusRow {
    /// `tab/page`.
    pub page: String,
    /// One of the page's sections.
    pub section: String,
    /// As shown.
    pub label: String,
    /// The dimension that has one row each.
    pub per: Option<String>,
    /// What it tells, and when it is blank.
    pub doc: String,
    /// The words that it may show, which catalogues translate; anything else is shown as it is.
    #[serde(default)]
    pub values: Vec<String>,
}

/// `spec/rules.toml`: what has to hold between parameters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RulesFile {
    /// The rules by identifier.
    #[serde(flatten)]
    pub rules: IndexMap<String, Rule>,
}

/// What has to hold between parameters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// The dimension over which the rule repeats.
    pub per: Option<String>,
    /// The condition that has to hold, in the language of `spec/README.md`.
    pub holds: String,
    /// How bad a breach is.
    #[serde(default)]
    pub severity: Severity,
    /// What is wrong and how to mend it; `{line}` and `{PARAM}` are replaced.
    pub message: String,
    /// The numbered rules of the guide that it comes from.
    #[serde(default)]
    pub guide: Vec<u16>,
}

/// How bad the breach of a rule is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The values cannot stand together.
    #[default]
    Error,
    /// They can, but one has no effect.
    Warning,
}
