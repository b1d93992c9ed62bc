//! Where a file is: configured text with its macros replaced, credentials apart, and passwords kept out of sight.

use std::fmt;

use offhook_params::settings::{Firmware, Http, Provisioning};
use offhook_params::types::{Macros, Template};
use offhook_params::{Kind, lookup};
use offhook_settings::Layer;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::Error;

/// How a file is fetched (guide rule 63).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RFC 9112.
    Http,
    /// HTTP over TLS.
    Https,
    /// RFC 959.
    Ftp,
    /// RFC 1350.
    Tftp,
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Http, Self::Https, Self::Ftp, Self::Tftp];

    /// As URLs have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Ftp => "ftp",
            Self::Tftp => "tftp",
        }
    }

    /// The port where the URL names none.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Ftp => 21,
            Self::Tftp => 69,
        }
    }
}

/// User name and password, decoded.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// The user name; never empty.
    pub user: String,
    /// The password; may be empty.
    pub password: String,
}

impl Credentials {
    /// The credentials with which the unit answers HTTP servers; `None` where no name is configured.
    pub fn of_unit(http: &Http) -> Option<Self> {
        let credentials = Self { user: http.http_auth_id.clone(), password: http.http_auth_password.clone() };
        (!credentials.user.is_empty()).then_some(credentials)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:***", self.user)
    }
}

/// Where a file is. Shown, its password is blotted out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Location {
    scheme: Scheme,
    /// Without credentials and fragment.
    url: Url,
    host: String,
    credentials: Option<Credentials>,
}

impl Location {
    /// A URL as it is written, without macros.
    ///
    /// # Errors
    /// It is none, or of a scheme that the unit does not speak.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = |reason: String| Error::Url { url: masked(text), reason };
        let mut url = Url::parse(text).map_err(|e| fault(e.to_string()))?;
        let scheme = Scheme::ALL.into_iter().find(|s| s.as_str() == url.scheme());
        let scheme =
            scheme.ok_or_else(|| fault(format!("the unit speaks http, https, ftp and tftp, not {}", url.scheme())))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() {
            return Err(fault("it names no host".to_owned()));
        }
        let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
            Ok(text) if !text.contains(|c: char| c.is_control()) => Ok(text.into_owned()),
            _ => Err(fault("its user name or password has characters that no server takes".to_owned())),
        };
        let user = decoded(url.username())?;
        let password = decoded(url.password().unwrap_or_default())?;
        let credentials = (!user.is_empty()).then_some(Credentials { user, password });
        // A URL with a host takes both.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Ok(Self { scheme, url, host, credentials })
    }

    /// The file of a configuration layer, as the settings name it: macros replaced (guide rule 84), and the layer's
    /// own file name added to a URL that ends in a slash (guide rules 88 to 90). `None` where there is no such file.
    pub fn of_layer(layer: Layer, settings: &Provisioning, macros: &Macros<'_>) -> Option<Result<Self, Error>> {
        let (setting, template) = match layer {
            Layer::Master => ("CFG_MASTER_FILE_PATH", &settings.master_file_url),
            Layer::Product => ("CFG_PRODUCT_FILE_PATH", &settings.product_file_url),
            Layer::Standard => ("CFG_STANDARD_FILE_PATH", &settings.standard_file_url),
            Layer::Factory | Layer::PreProvisioning | Layer::User => return None,
        };
        let mut text = template.as_ref()?.0.clone();
        if text.ends_with('/') {
            text.push_str(index_of(setting));
        }
        Some(Self::parse(&Template(text).expand(macros)))
    }

    /// The firmware file; `{fwver}` stands for the wanted version here (guide rule 85). `None` where none is named.
    pub fn of_firmware(settings: &Firmware, macros: &Macros<'_>) -> Option<Result<Self, Error>> {
        let template = settings.firmware_url.as_ref()?;
        let wanted = settings.firmware_version.map_or(String::new(), |version| version.to_string());
        Some(Self::parse(&template.expand(&Macros { firmware: &wanted, ..macros.clone() })))
    }

    /// The root certificate; macros are not replaced (guide rule 86). `None` where none is named.
    pub fn of_root_certificate(settings: &Http) -> Option<Result<Self, Error>> {
        Some(Self::parse(&settings.root_certificate_url.as_ref()?.0))
    }

    /// How it is fetched.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host name or address, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, or the scheme's own.
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(self.scheme.default_port())
    }

    /// The credentials that stood in the URL.
    pub const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// The URL without credentials.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether both are of one server: scheme, host and port are the same.
    pub fn same_server(&self, other: &Self) -> bool {
        (self.scheme, self.host(), self.port()) == (other.scheme, other.host(), other.port())
    }

    /// The path as FTP and TFTP servers take it: decoded, without the slash that parts it from the host. What an
    /// RFC 1738 FTP URL has behind `;type=` is left out: files are always fetched byte for byte.
    ///
    /// # Errors
    /// A character in it would end the command that it is sent in.
    pub fn remote_path(&self) -> Result<String, Error> {
        let mut path = self.url.path().trim_start_matches('/').to_owned();
        if let Some(query) = self.url.query() {
            path = format!("{path}?{query}");
        }
        if let (Scheme::Ftp, Some((front, _))) = (self.scheme, path.rsplit_once(";type=")) {
            path = front.to_owned();
        }
        match percent_decode_str(&path).decode_utf8() {
            Ok(path) if !path.contains(|c: char| c.is_control()) => Ok(path.into_owned()),
            _ => {
                Err(Error::Url { url: self.to_string(), reason: "its path has characters that no server takes".into() })
            }
        }
    }

    /// The last part of the path, decoded: its extension tells how the file is encrypted (guide rule 94).
    pub fn file_name(&self) -> String {
        let name = self.url.path().rsplit('/').next().unwrap_or_default();
        percent_decode_str(name).decode_utf8_lossy().into_owned()
    }

    /// The place that a redirect of this one names.
    pub(crate) fn join(&self, target: &str) -> Result<Self, Error> {
        let fault = |e: url::ParseError| Error::Url { url: masked(target), reason: e.to_string() };
        Self::parse(self.url.join(target).map_err(fault)?.as_str())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_str();
        match (&self.credentials, url.split_once("://")) {
            (Some(credentials), Some((scheme, rest))) => write!(f, "{scheme}://{}:***@{rest}", credentials.user),
            _ => f.write_str(url),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The DHCP options that name a server for a new unit, as the server sent them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lease {
    /// Option 160, a URL by custom.
    pub option160: Option<Vec<u8>>,
    /// Option 159, a URL by custom.
    pub option159: Option<Vec<u8>>,
    /// Option 66, the name of a TFTP server (RFC 2132 section 9.4).
    pub option66: Option<Vec<u8>>,
}

/// Most bytes of a server's name in option 66 (guide rule 52).
const LONGEST_NAME: usize = 64;

impl Lease {
    /// Where to look for the pre-provisioning file, in this order.
    ///
    /// A bare name or address is a TFTP server. A URL is taken as it is, with macros replaced; one that ends in a slash
    /// gets the name of the pre-provisioning file, that of the model (guide rule 53).
    pub fn candidates(&self, macros: &Macros<'_>) -> Vec<Result<Location, Error>> {
        let options = [&self.option160, &self.option159, &self.option66];
        let texts = options.into_iter().flatten().map(|bytes| printable(bytes)).filter(|text| !text.is_empty());
        texts.map(|text| candidate(&text, macros)).collect()
    }
}

/// The text of an option: servers end it with a zero byte, quotes or a line end at times.
fn printable(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(&bytes[..end]);
    text.trim_matches(|c: char| c.is_whitespace() || c == '"').to_owned()
}

fn candidate(text: &str, macros: &Macros<'_>) -> Result<Location, Error> {
    let file = format!("{}.cfg", macros.model);
    let expanded = Template(text.to_owned()).expand(macros);
    if let Some((_, rest)) = expanded.split_once("://") {
        let name = match (expanded.ends_with('/'), rest.contains('/')) {
            (true, _) => file,
            (false, false) => format!("/{file}"),
            (false, true) => String::new(),
        };
        return Location::parse(&(expanded + &name));
    }
    if text.len() > LONGEST_NAME {
        let reason = format!("the name of a TFTP server has at most {LONGEST_NAME} bytes");
        return Err(Error::Url { url: text.to_owned(), reason });
    }
    match text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c)) {
        true => Location::parse(&format!("tftp://{text}/{file}")),
        false => Err(Error::Url { url: masked(text), reason: "it is neither a server's name nor a URL".to_owned() }),
    }
}

/// What the spec appends to a URL of this setting that ends in a slash.
fn index_of(setting: &str) -> &'static str {
    let found = lookup(setting).expect("the settings of file URLs are in the spec");
    match &found.id.family().kind {
        Kind::Url { index, .. } => index.unwrap_or_default(),
        _ => "",
    }
}

/// A text that was meant as a URL, for a message: everything from the first `:` behind the scheme to the last `@` may be
/// a password, also where a slash in it keeps the text from being a URL.
fn masked(text: &str) -> String {
    let start = text.find("://").map_or(0, |i| i + 3);
    match (text[start..].find(':'), text[start..].rfind('@')) {
        (Some(colon), Some(at)) if colon < at => format!("{}:***{}", &text[..start + colon], &text[start + at..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::types::FirmwareVersion;
    use offhook_settings::Layers;

    use super::*;

    const UNIT: Macros<'_> = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };

    fn of(layer: Layer, text: &str) -> String {
        let mut settings = Layers::factory().typed().provisioning;
        let template = Some(Template(text.to_owned()));
        match layer {
            Layer::Master => settings.master_file_url = template,
            Layer::Product => settings.product_file_url = template,
            _ => settings.standard_file_url = template,
        }
        Location::of_layer(layer, &settings, &UNIT).expect("a file").expect("a URL").to_string()
    }

    #[test]
    fn macros_and_slashes() {
        use Layer::{Master, Product, Standard};
        for (layer, text, url) in [
            (Master, "http://host/dir/", "http://host/dir/sip.cfg"),
            (Product, "http://host/dir/", "http://host/dir/KX-UT670.cfg"),
            (Standard, "http://host/dir/", "http://host/dir/Config0080f0abcdef.cfg"),
            (Standard, "http://host/dir", "http://host/dir"),
            (Standard, "tftp://host/{MAC}/", "tftp://host/0080F0ABCDEF/Config0080f0abcdef.cfg"),
            (
                Standard,
                "https://{mac}:pw@host:8443/{fwver}?m={MODEL}",
                "https://0080f0abcdef:***@host:8443/01.221?m=KX-UT670",
            ),
            (Standard, "http://host/{Mac}", "http://host/%7BMac%7D"),
        ] {
            assert_eq!(of(layer, text), url);
        }
    }

    #[test]
    fn firmware_goes_by_the_wanted_version() {
        let mut settings = Layers::factory().typed().firmware;
        assert!(Location::of_firmware(&settings, &UNIT).is_none());
        settings.firmware_url = Some(Template("http://h/{MODEL}-{fwver}.fw".to_owned()));
        settings.firmware_version = Some(FirmwareVersion { major: 2, minor: 7 });
        let location = Location::of_firmware(&settings, &UNIT).expect("a file").expect("a URL");
        assert_eq!(location.to_string(), "http://h/KX-UT670-02.007.fw");
    }

    #[test]
    fn credentials_are_taken_out_and_never_shown() {
        let location = Location::parse("ftp://us%40er:p%3Aw%25%2F@host/a%20b/c;type=i").expect("a URL");
        let credentials = location.credentials().expect("credentials");
        assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("us@er", "p:w%/"));
        assert_eq!(location.remote_path().expect("a path"), "a b/c");
        assert_eq!(location.url().as_str(), "ftp://host/a%20b/c;type=i");
        for shown in [format!("{location}"), format!("{location:?}"), format!("{credentials:?}")] {
            assert!(!shown.contains("p:w") && !shown.contains("p%3Aw"), "{shown}");
        }
        assert_eq!(Location::parse("http://host/x").expect("a URL").credentials(), None);
    }

    #[test]
    fn what_cannot_be_a_url_is_told_without_its_password() {
        for text in [
            "gopher://u:secret@h/x",
            "http://u:secret@/x",
            "http://u:sec%0Aret@h/x",
            "http://u:x/secret@h/x",
            "http://u:secret@[::1/x",
        ] {
            let message = Location::parse(text).expect_err(text).to_string();
            assert!(!message.contains("secret") && !message.contains("sec%0A"), "{message}");
        }
        let path = Location::parse("ftp://h/a%0D%0ADELE%20b").expect("a URL").remote_path();
        assert!(path.is_err());
    }

    #[test]
    fn hosts_and_ports() {
        let location = Location::parse("tftp://[2001:db8::1]:1069/f").expect("a URL");
        assert_eq!((location.host(), location.port()), ("2001:db8::1", 1069));
        let location = Location::parse("tftp://10.0.0.1/f").expect("a URL");
        assert_eq!((location.host(), location.port()), ("10.0.0.1", 69));
    }

    #[test]
    fn dhcp_options_become_urls_in_their_order() {
        let candidates = |o160: &[u8], o159: &[u8], o66: &[u8]| {
            let some = |bytes: &[u8]| (!bytes.is_empty()).then(|| bytes.to_vec());
            let lease = Lease { option160: some(o160), option159: some(o159), option66: some(o66) };
            let shown = |c: Result<Location, Error>| c.map_or_else(|e| format!("! {e}"), |l| l.to_string());
            lease.candidates(&UNIT).into_iter().map(shown).collect::<Vec<_>>()
        };
        for (text, url) in [
            (&b"192.168.0.130"[..], "tftp://192.168.0.130/KX-UT670.cfg"),
            (b"tftp.example.com\0", "tftp://tftp.example.com/KX-UT670.cfg"),
            (b"10.0.0.1:1069", "tftp://10.0.0.1:1069/KX-UT670.cfg"),
            (b" \"10.0.0.1\"\r\n", "tftp://10.0.0.1/KX-UT670.cfg"),
            (b"http://h/dir/", "http://h/dir/KX-UT670.cfg"),
            (b"http://h", "http://h/KX-UT670.cfg"),
            (b"https://u:p@h/{MAC}.cfg", "https://u:***@h/0080F0ABCDEF.cfg"),
        ] {
            assert_eq!(candidates(b"", b"", text), [url]);
        }
        assert_eq!(
            candidates(b"http://a/", b"http://b/", b"c"),
            ["http://a/KX-UT670.cfg", "http://b/KX-UT670.cfg", "tftp://c/KX-UT670.cfg"]
        );
        assert!(candidates(b"\0\0", b" ", b"").is_empty());
        for bad in [&[b'a'; 65][..], b"host/file", b"ldap://h/", b"\xff\xfe"] {
            assert!(candidates(b"", b"", bad)[0].starts_with("! "), "{bad:?}");
        }
    }

    #[test]
    fn redirects_are_relative_to_where_they_come_from() {
        let from = Location::parse("http://u:p@host:81/a/b").expect("a URL");
        for (target, url) in [("/c", "http://host:81/c"), ("c", "http://host:81/a/c"), ("//x/c", "http://x/c")] {
            assert_eq!(from.join(target).expect("a URL").to_string(), url);
        }
        assert!(from.same_server(&from.join("/c").expect("a URL")));
        assert!(!from.same_server(&from.join("https://host:81/").expect("a URL")));
        assert!(from.join("mailto:x@y").is_err());
    }
}
