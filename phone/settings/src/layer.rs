//! The layers in their order of precedence, and where a value comes from.

use std::fmt;
use std::sync::Arc;

use offhook_params::{ParamId, Priority};

/// A layer of settings; the order of the variants is the precedence, lowest first (guide rule 44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What the unit is made with; it has every setting.
    Factory,
    /// The file that a new unit finds by itself.
    PreProvisioning,
    /// The file for all units.
    Master,
    /// The file for one model.
    Product,
    /// The file for one unit.
    Standard,
    /// What people set on the web page and on the phone; the later change counts (guide rule 45).
    User,
}

impl Layer {
    /// How many layers there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All layers, lowest first.
    pub const ALL: [Self; 6] =
        [Self::Factory, Self::PreProvisioning, Self::Master, Self::Product, Self::Standard, Self::User];

    /// The layers that configuration files fill, lowest first.
    pub const FILES: [Self; 4] = [Self::PreProvisioning, Self::Master, Self::Product, Self::Standard];

    /// In the words of file names and options: `pre-provisioning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Factory => "factory",
            Self::PreProvisioning => "pre-provisioning",
            Self::Master => "master",
            Self::Product => "product",
            Self::Standard => "standard",
            Self::User => "user",
        }
    }

    /// The layers in which a value of `id` is looked for, the one that counts first.
    ///
    /// That is the order of the variants backwards, but for settings whose file beats the user (guide rule 47).
    pub fn precedence(id: ParamId) -> &'static [Self; Self::COUNT] {
        use Layer::{Factory, Master, PreProvisioning, Product, Standard, User};
        match id.family().priority {
            None => &[User, Standard, Product, Master, PreProvisioning, Factory],
            Some(Priority::FileOverUser) => &[Standard, Product, Master, PreProvisioning, User, Factory],
        }
    }

    /// The place in [`Layer::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The way by which a value was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Made so.
    Factory,
    /// By a configuration file.
    File,
    /// On the web page.
    Web,
    /// On the phone's own screens.
    Phone,
}

impl Method {
    /// In words, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Factory => "factory value",
            Self::File => "configuration file",
            Self::Web => "web page",
            Self::Phone => "phone",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The way by which it was set.
    pub method: Method,
    /// Path or URL of the file, if it came in one.
    pub source: Option<Arc<str>>,
    /// Its line in that file, from 1.
    pub line: Option<u32>,
}

impl Origin {
    /// The origin of factory values.
    pub const FACTORY: Self = Self::by(Method::Factory);

    /// Set by `method`, not by a file.
    pub const fn by(method: Method) -> Self {
        Self { method, source: None, line: None }
    }

    /// Set by line `line` (from 1) of the file `source`.
    pub const fn file(source: Arc<str>, line: u32) -> Self {
        Self { method: Method::File, source: Some(source), line: Some(line) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source, self.line) {
            (Some(source), Some(line)) => write!(f, "{source}, line {line}"),
            (Some(source), None) => f.write_str(source),
            (None, Some(line)) => write!(f, "{}, line {line}", self.method),
            (None, None) => fmt::Display::fmt(&self.method, f),
        }
    }
}
