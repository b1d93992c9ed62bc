//! Reading a file: what both formats have in common.

use std::borrow::Cow;
use std::ops::Range;

use offhook_params::{Advice, FamilyId, Fault, Found, ParamId};

use crate::diagnostic::{Diagnostic, Diagnostics, Locator, Severity, shown};
use crate::{names, plain, xml};

/// The two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lines of `NAME="value"`.
    Plain,
    /// Attributes `NAME="value"` in a tree of elements.
    Xml,
}

impl Format {
    /// The format of a file by what it begins with: the first character of its first line that is neither empty nor a
    /// comment.
    pub fn of(bytes: &[u8]) -> Self {
        // A file that has not begun by then is too large for either format.
        let bytes = &bytes[..bytes.len().min(Purpose::State.limit(Self::Xml))];
        let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        loop {
            rest = rest.trim_ascii_start();
            match rest.first() {
                Some(b'<') => return Self::Xml,
                Some(b'#') => match memchr::memchr(b'\n', rest) {
                    Some(end) => rest = &rest[end..],
                    None => return Self::Plain,
                },
                _ => return Self::Plain,
            }
        }
    }
}

/// Who wrote the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// An administrator: only settings that a file may set, and the guide's limits.
    File,
    /// The phone itself: every setting, up to 1 MiB.
    State,
}

impl Purpose {
    /// Most bytes of a file: 120 KB of plain text, 240 KB of XML (guide rules 2, 33), a KB being 1024 bytes.
    pub const fn limit(self, format: Format) -> usize {
        match (self, format) {
            (Self::File, Format::Plain) => 120 * 1024,
            (Self::File, Format::Xml) => 240 * 1024,
            (Self::State, _) => 1024 * 1024,
        }
    }
}

/// A setting that a file makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The parameter.
    pub id: ParamId,
    /// Its value, checked.
    pub value: Cow<'a, str>,
    /// Line of its name, from 1.
    pub line: u32,
    /// Column of its name in characters, from 1.
    pub column: u32,
    /// The bytes of the file from its name to its closing quote.
    pub span: Range<usize>,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The format it was read as.
    pub format: Format,
    /// Its settings in the order of the file, each parameter once. Empty for a void file.
    pub entries: Vec<Entry<'a>>,
    /// Its findings in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The file as a whole is refused: whoever reads it keeps what was there before.
    pub void: bool,
}

impl Reading<'_> {
    /// Whether a setting or the whole file was left out.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Reads a file of either format, told apart by content.
pub fn read(bytes: &[u8], purpose: Purpose) -> Reading<'_> {
    read_as(bytes, Format::of(bytes), purpose)
}

/// Reads a file of a known format.
pub fn read_as(bytes: &[u8], format: Format, purpose: Purpose) -> Reading<'_> {
    match (decode(bytes, purpose.limit(format)), format) {
        (Err(diagnostic), _) => Reading { format, entries: Vec::new(), diagnostics: vec![*diagnostic], void: true },
        (Ok(text), Format::Plain) => plain::read(text, purpose),
        (Ok(text), Format::Xml) => xml::read(text, purpose),
    }
}

/// Bytes to text, or why the file cannot be text of ours. A byte order mark stays in.
fn decode(bytes: &[u8], limit: usize) -> Result<&str, Box<Diagnostic>> {
    let void = |code, message: String, remedy: &str, offset: usize| {
        let before = &bytes[..offset];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
        // Bytes up to the offset are valid UTF-8 wherever the offset is not 0.
        let column = std::str::from_utf8(&before[line_start..]).map_or(0, |s| s.chars().count());
        Box::new(Diagnostic {
            severity: Severity::Error,
            code,
            message,
            remedy: Some(remedy.to_owned()),
            line: 1 + memchr::memchr_iter(b'\n', before).count() as u32,
            column: 1 + column as u32,
            span: offset..(offset + 1).min(bytes.len()),
            param: None,
        })
    };
    if bytes.len() > limit {
        // Callers stop reading where a file has become too large for any purpose, so its whole size is not known then.
        let most = Purpose::State.limit(Format::Plain);
        let size = if bytes.len() > most { format!("more than {most}") } else { bytes.len().to_string() };
        let message = format!("the file has {size} bytes, at most {limit} are allowed; nothing of it is used");
        return Err(void("file-too-large", message, "split it into a master, a product and a standard file", 0));
    }
    let utf16 = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => (*a == 0 && *c == 0) ^ (*b == 0 && *d == 0),
        _ => false,
    };
    if utf16 {
        let message = "the file is UTF-16, not UTF-8; nothing of it is used".to_owned();
        return Err(void(
            "not-utf-8",
            message,
            "save it as \"UTF-8\", which some editors call \"UTF-8 without BOM\"",
            0,
        ));
    }
    if bytes.starts_with(b"Salted__") || bytes.starts_with(b"U2FsdGVkX1") {
        let message = "the file is encrypted; nothing of it is used as it is".to_owned();
        return Err(void("encrypted", message, "decrypt it first; its name has to end in .e1c, .e2c or .e3c", 0));
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let at = e.valid_up_to();
        let message = match e.error_len() {
            Some(_) => format!("byte 0x{:02X} is not UTF-8; nothing of the file is used", bytes[at]),
            None => "the file ends in the middle of a UTF-8 character; nothing of it is used".to_owned(),
        };
        void("not-utf-8", message, "save the file as \"UTF-8\"; it may be Latin-1, Windows-1252 or no text at all", at)
    })
}

/// Where a setting stands.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) name: Range<usize>,
    /// Between the quotes.
    pub(crate) value: Range<usize>,
}

/// What both readers gather settings and findings in.
pub(crate) struct Collector<'a> {
    pub(crate) text: &'a str,
    purpose: Purpose,
    locator: Locator<'a>,
    entries: Vec<Entry<'a>>,
    /// Line of each parameter's first setting; 0 while it has none.
    first: Box<[u32; ParamId::COUNT]>,
    diagnostics: Diagnostics,
    /// How many unknown names still get a search for similar ones, which is slow.
    searches: u32,
    void: bool,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(text: &'a str, purpose: Purpose) -> Self {
        Self {
            text,
            purpose,
            locator: Locator::new(text),
            // The shortest lines of either format have about as many bytes.
            entries: Vec::with_capacity((text.len() / 32).min(ParamId::COUNT)),
            first: Box::new([0; ParamId::COUNT]),
            diagnostics: Diagnostics::default(),
            searches: 100,
            void: false,
        }
    }

    pub(crate) fn finish(self, format: Format) -> Reading<'a> {
        let entries = if self.void { Vec::new() } else { self.entries };
        Reading { format, entries, diagnostics: self.diagnostics.finish(), void: self.void }
    }

    pub(crate) fn place(&mut self, offset: usize) -> (u32, u32) {
        self.locator.at(offset)
    }

    pub(crate) fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: String,
        remedy: Option<String>,
        span: Range<usize>,
        param: Option<ParamId>,
    ) {
        let (line, column) = self.place(span.start);
        self.diagnostics.push(Diagnostic { severity, code, message, remedy, line, column, span, param });
    }

    /// Refuses the file as a whole.
    pub(crate) fn void(&mut self, code: &'static str, message: String, remedy: Option<String>, span: Range<usize>) {
        self.void = true;
        self.report(Severity::Error, code, message + "; nothing of the file is used", remedy, span, None);
    }

    /// Takes a setting in, or reports why it is left out.
    pub(crate) fn setting(&mut self, found: Found, value: Cow<'a, str>, site: Site) {
        let id = found.id;
        let family = id.family();
        if self.refused_here(id, family, &site) {
            return;
        }
        if let Err(fault) = family.check(&value) {
            return self.bad_value(id, family, &fault, &site);
        }
        if found.alias {
            let message = format!("{} is read as {id}", &self.text[site.name.clone()]);
            self.report(Severity::Note, "alias", message, None, site.name.clone(), Some(id));
        }
        let first = &mut self.first[id.index()];
        if *first != 0 {
            let message = format!("{id} is set in line {first} already; the first value counts");
            let remedy = Some("remove one of the two".to_owned());
            return self.report(Severity::Warning, "duplicate", message, remedy, site.name, Some(id));
        }
        *first = site.line;
        if let Some(advice) = family.advice(&value) {
            let code = match advice {
                Advice::SipUriWithoutScheme | Advice::SipUriWithoutHost => "sip-uri-form",
                Advice::UnknownMacro => "unknown-macro",
                Advice::LeadingZeros => "leading-zeros",
            };
            let message = format!("the value of {id} {advice}");
            self.report(Severity::Warning, code, message, None, site.value.clone(), Some(id));
        }
        let span = site.name.start..site.value.end + 1;
        self.entries.push(Entry { id, value, line: site.line, column: site.column, span });
    }

    /// Reports a setting that files may not make.
    #[inline]
    pub(crate) fn refused_here(&mut self, id: ParamId, family: FamilyId, site: &Site) -> bool {
        if family.file || self.purpose == Purpose::State {
            return false;
        }
        let (message, remedy) = names::not_in_file(id);
        self.report(Severity::Error, "not-in-file", message, remedy, site.name.clone(), Some(id));
        true
    }

    /// Reports a value that is not allowed.
    #[cold]
    pub(crate) fn bad_value(&mut self, id: ParamId, family: FamilyId, fault: &Fault, site: &Site) {
        let example = family.example.unwrap_or(id.default());
        let remedy = match (example, family.secret) {
            ("", _) | (_, true) => None,
            (example, false) => Some(format!("write, for example, {id}=\"{example}\"")),
        };
        let remedy = with_commas(&family, &self.text[site.value.clone()])
            .map(|value| format!("separate the numbers by commas: {id}=\"{value}\""))
            .or(remedy);
        let message = format!("the value of {id} {fault}");
        self.report(Severity::Error, "bad-value", message, remedy, site.value.clone(), Some(id));
    }

    /// Reports a name that no setting has.
    pub(crate) fn unknown_name(&mut self, span: Range<usize>) {
        let name = &self.text[span.clone()];
        let search = self.searches > 0;
        self.searches = self.searches.saturating_sub(1);
        let unknown = names::explain(name, search);
        self.report(Severity::Error, unknown.code, unknown.message, unknown.remedy, span, unknown.meant);
    }

    /// The text at a span, in quotes, for a message.
    pub(crate) fn shown(&self, span: Range<usize>) -> String {
        shown(&self.text[span])
    }
}

/// The value with its numbers separated by commas, where that is all that is wrong with it.
fn with_commas(family: &offhook_params::Family, value: &str) -> Option<String> {
    if !matches!(family.kind, offhook_params::Kind::Integers { .. }) {
        return None;
    }
    let numbers: Vec<_> = value.split([',', '/', ';', ' ', '|', ':']).filter(|number| !number.is_empty()).collect();
    let value = numbers.join(",");
    family.check(&value).is_ok().then_some(value)
}
