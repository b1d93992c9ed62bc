//! The shape of the generated parameter table.

use crate::id::ParamId;
use crate::rules::Expr;

/// A folder of the spec: the coarsest grouping of parameters.
#[derive(Debug)]
pub struct Category {
    /// Identifier: `network`.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
}

/// A file of the spec: parameters that belong together.
#[derive(Debug)]
pub struct Group {
    /// Identifier, unique within its category: `timers`.
    pub id: &'static str,
    /// Index into [`crate::CATEGORIES`].
    pub category: u8,
    /// Heading.
    pub title: &'static str,
    /// What the group is for.
    pub doc: &'static str,
}

/// What a family repeats over.
#[derive(Debug)]
pub struct Dimension {
    /// Identifier: `line`.
    pub id: &'static str,
    /// What one of them is called: `Line`.
    pub title: &'static str,
    /// The numbers, as they stand in names.
    pub numbers: &'static [u16],
    /// Titles of the single numbers; empty where the number speaks for itself.
    pub titles: &'static [&'static str],
}

/// Indices into [`crate::DIMENSIONS`], in the order of the numbers in a name.
pub type Dimensions = &'static [u8];

/// The numbers that tell one parameter of a family from the others, in the order of the family's dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Instance(pub [u16; 2]);

/// One parameter family: `SIP_TIMER_T1`, which stands for `SIP_TIMER_T1_1` to `SIP_TIMER_T1_6`.
#[derive(Debug)]
pub struct Family {
    /// Name without numbers.
    pub name: &'static str,
    /// Name with placeholders: `SIP_TIMER_T1_{line}`.
    pub pattern: &'static str,
    /// The path of the field in [`crate::Settings`], for people and for the list of consumers: `lines[].timers.timer_t1`.
    pub field: &'static str,
    /// Index into [`crate::GROUPS`].
    pub group: u8,
    /// What it repeats over.
    pub per: Dimensions,
    /// Its first parameter; the others follow in order.
    pub first: ParamId,
    /// How many parameters it has.
    pub count: u16,
    /// Format and range.
    pub kind: Kind,
    /// Unit of its number or numbers.
    pub unit: Option<Unit>,
    /// Whether the empty string is a value.
    pub empty: bool,
    /// Passwords and keys: never shown, logged or exported in clear.
    pub secret: bool,
    /// Whether a configuration file may set it.
    pub file: bool,
    /// Place in an XML file, if a file may set it.
    pub xml: Option<Xml>,
    /// Place on the web page.
    pub web: Option<Web>,
    /// Place on the phone's own screens.
    pub phone: Option<Phone>,
    /// It has an effect only while this holds; the text is the condition as the spec has it.
    pub when: Option<(&'static str, &'static Expr)>,
    /// What a change needs before it counts.
    pub applies: Applies,
    /// An exception to the order of precedence.
    pub priority: Option<Priority>,
    /// Macros that are replaced when the value is used.
    pub macros: &'static [&'static str],
    /// What it does; the first sentence is a summary.
    pub doc: &'static str,
    /// Why the default is what it is.
    pub why: Option<&'static str>,
    /// A value that shows the format.
    pub example: Option<&'static str>,
    /// Other name patterns that are accepted.
    pub aliases: &'static [&'static str],
    /// Numbered rules of the guide.
    pub guide: &'static [u16],
}

/// The guide's word for the format of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A whole number.
    Integer,
    /// `Y` or `N`.
    Boolean,
    /// Text, or one of a few words.
    String,
    /// Whole numbers separated by commas.
    CommaSeparatedInteger,
}

impl Format {
    /// As the guide and the documentation print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "Integer",
            Self::Boolean => "Boolean",
            Self::String => "String",
            Self::CommaSeparatedInteger => "Comma-separated Integer",
        }
    }
}

/// Whole numbers from `start` to `end`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The smallest.
    pub start: i64,
    /// The largest.
    pub end: i64,
}

/// Format and range of a value.
#[derive(Debug)]
pub enum Kind {
    /// `Y` or `N`.
    Boolean,
    /// Two other words for on and off.
    Switch {
        /// The word for on.
        on: &'static str,
        /// The word for off.
        off: &'static str,
    },
    /// A whole number.
    Integer {
        /// Allowed values.
        ranges: &'static [Range],
        /// Distance of allowed values from the start of their range.
        step: u32,
        /// The number that means "off".
        none: Option<i64>,
        /// What special numbers mean.
        meaning: &'static [(i64, &'static str)],
    },
    /// One of a few values.
    Choice(&'static [Choice]),
    /// Whole numbers separated by commas.
    Integers {
        /// Allowed values of each.
        ranges: &'static [Range],
        /// Fewest and most numbers.
        length: (u8, u8),
        /// What special numbers mean.
        meaning: &'static [(i64, &'static str)],
    },
    /// Free text.
    Text {
        /// Fewest characters of a value that is not empty.
        min: u32,
        /// Most characters.
        max: u32,
        /// The ASCII characters that are allowed, as a bit set (bit n of the two words: character n).
        allowed: [u64; 2],
        /// The allowed characters in words, for messages; empty where all printable ASCII is allowed.
        allowed_text: &'static str,
        /// Characters beyond ASCII.
        unicode: Unicode,
    },
    /// A host name or an IPv4 address.
    Host {
        /// Most characters.
        max: u32,
    },
    /// An IPv4 address.
    Ipv4(Role),
    /// An RFC 1738 URL.
    Url {
        /// Accepted schemes.
        schemes: &'static [&'static str],
        /// Prefixes that may stand before the URL.
        prefixes: &'static [&'static str],
        /// What is appended to a URL that ends in a slash.
        index: Option<&'static str>,
    },
    /// `sip:user@host`.
    SipUri,
    /// `hh:mm`.
    TimeOfDay,
    /// `nn.nnn`.
    FirmwareVersion,
    /// A dial plan of at most 500 characters.
    DialPlan,
}

/// One of a few values.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As written in a file.
    pub value: &'static str,
    /// As shown to people.
    pub label: &'static str,
}

/// Which characters beyond ASCII a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unicode {
    /// None.
    None,
    /// Those of at most three UTF-8 bytes.
    Bmp,
    /// All but controls.
    All,
}

/// What an IPv4 address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A server: not 0.0.0.0, not 255.255.255.255.
    Server,
    /// The unit's own network: not 127.0.0.1 either (guide rule 139).
    Unit,
    /// A subnet mask: ones, then zeros; neither all ones nor all zeros.
    Mask,
}

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// Ten milliseconds.
    TenMs,
    /// Seconds.
    S,
    /// Minutes.
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
    /// A differentiated services code point.
    Dscp,
    /// A VLAN identifier.
    VlanId,
}

impl Unit {
    /// What people read behind the number; empty where the label says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ms => "ms",
            Self::TenMs => "× 10 ms",
            Self::S => "s",
            Self::Min => "min",
            Self::Bits => "bits",
            Self::Hz => "Hz",
            Self::Db => "dB",
            Self::Percent => "%",
            Self::Rings => "rings",
            Self::Port | Self::Dscp | Self::VlanId => "",
        }
    }
}

/// Place in an XML file.
#[derive(Debug)]
pub struct Xml {
    /// Elements from the root to the one that carries the attribute.
    pub path: &'static [XmlStep],
    /// Other names of the last element that are accepted.
    pub aliases: &'static [&'static str],
    /// The element is ours, not in the guide's table.
    pub extension: bool,
}

/// An element on the way to an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlStep {
    /// Element name; `{line}` and the like stand for a number.
    pub name: &'static str,
    /// The dimension whose number its `ID` attribute carries (index into [`crate::DIMENSIONS`]).
    pub id: Option<u8>,
}

/// Place on the web page.
#[derive(Debug)]
pub struct Web {
    /// Index into [`crate::PAGES`].
    pub page: u8,
    /// Index into the page's sections.
    pub section: u8,
    /// Heading shared by several fields; `{codec}` and the like stand for a title.
    pub row: Option<&'static str>,
    /// Label of the field; `{channel}` and the like stand for a number.
    pub label: &'static str,
    /// Who may change it.
    pub access: Access,
    /// What the page says for a value, where that differs from the kind's own words.
    pub labels: &'static [(&'static str, &'static str)],
    /// A control that the kind does not imply.
    pub widget: Option<Widget>,
}

/// Who may change a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The administrator only.
    Admin,
    /// The user too.
    User,
    /// The user too, unless the dealer locked it (`CUSTOM_WEB_PAGE`, guide rules 134 and 135).
    UserUnlessLocked,
}

/// A control that the kind does not imply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Widget {
    /// Current, new and repeated password.
    PasswordChange,
    /// Radio buttons in place of a list.
    Radio,
    /// A text of several rows.
    Area,
}

/// Place on the phone's own screens.
#[derive(Debug)]
pub struct Phone {
    /// The screen, from \[Settings\] on.
    pub screen: &'static str,
    /// The label.
    pub label: &'static str,
    /// Whether the administrator's password is asked for first.
    pub access: Access,
}

/// What a change needs before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applies {
    /// Counts at once, for what starts afterwards.
    Live,
    /// The line registers anew.
    ReRegister,
    /// The unit restarts.
    Restart,
}

impl Applies {
    /// In a word, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "at once",
            Self::ReRegister => "after the line registers anew",
            Self::Restart => "after a restart",
        }
    }
}

/// An exception to the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A file's value beats the one set on the phone (guide rule 47).
    FileOverUser,
}

/// A name that administrators write by mistake, and the one they mean.
#[derive(Debug)]
pub struct Mistaken {
    /// As written.
    pub name: &'static str,
    /// As meant.
    pub meant: ParamId,
}
