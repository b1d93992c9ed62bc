//! Do-not-disturb and forwards on the server: `application/x-as-feature-event+xml`, as BroadWorks has it.
//!
//! The server tells states in notifications of the package `as-feature-event`; the phone changes them with a body in its
//! SUBSCRIBE.

use super::multipart::{is_in_parts, parts};
use super::xml::{Element, escape};
use super::{Fault, MAX_BODY};
use crate::message::MediaType;

/// The package.
pub const PACKAGE: &str = "as-feature-event";
/// The type of its bodies.
pub const TYPE: &str = "application/x-as-feature-event+xml";

const NAMESPACE: &str = "http://www.ecma-international.org/standards/ecma-323/csta/ed3";
/// Longest destination that is taken.
const MAX_TARGET: usize = 255;

/// The state of one feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// Whether the server turns every call away.
    DoNotDisturb(bool),
    /// Whether the server sends calls on.
    Forward {
        /// Which calls.
        kind: Kind,
        /// Whether it does.
        active: bool,
        /// Where to; kept while it is off, and empty if there is none.
        target: String,
        /// After how many rings; [`Kind::NoAnswer`] alone has them.
        rings: Option<u8>,
    },
}

/// Which calls are sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// All.
    Always,
    /// Those that come while the line is in use.
    Busy,
    /// Those that nobody answers.
    NoAnswer,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Always => "forwardImmediate",
            Kind::Busy => "forwardBusy",
            Kind::NoAnswer => "forwardNoAns",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Kind::Always, Kind::Busy, Kind::NoAnswer].into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }
}

/// Reads what a notification tells: one state, or one in each part. Events of other features are left out.
///
/// # Errors
/// The type is another, or a state cannot be read; then none of them counts.
pub fn read(media: &MediaType<'_>, body: &[u8]) -> Result<Vec<Feature>, Fault> {
    if body.len() > MAX_BODY {
        return Err(Fault::TooLarge);
    }
    let is_feature = |media: &MediaType<'_>| media.covers("application", "x-as-feature-event+xml");
    if is_feature(media) {
        return Ok(Feature::read(body)?.into_iter().collect());
    }
    if !is_in_parts(media) {
        return Err(Fault::Type);
    }
    let mut features = Vec::new();
    for part in parts(media, body)? {
        if part.media().as_ref().is_some_and(is_feature) {
            features.extend(Feature::read(part.body)?);
        }
    }
    Ok(features)
}

impl Feature {
    fn read(body: &[u8]) -> Result<Option<Self>, Fault> {
        let root = Element::parse(body)?;
        match root.name.as_str() {
            "DoNotDisturbEvent" => Ok(Some(Feature::DoNotDisturb(switch(&root, "doNotDisturbOn")?))),
            "ForwardingEvent" => {
                let kind = root.child_text("forwardingType").ok_or(Fault::Missing("forwardingType"))?;
                let kind = Kind::parse(kind).ok_or(Fault::Wrong("forwardingType"))?;
                let target = root.child_text("forwardTo").or(root.child_text("forwardDN")).unwrap_or_default();
                if target.len() > MAX_TARGET {
                    return Err(Fault::Wrong("forwardTo"));
                }
                let rings =
                    root.child_text("ringCount").map(|rings| rings.parse().map_err(|_| Fault::Wrong("ringCount")));
                Ok(Some(Feature::Forward {
                    kind,
                    active: switch(&root, "forwardStatus")?,
                    target: target.to_owned(),
                    rings: rings.transpose()?.filter(|_| kind == Kind::NoAnswer),
                }))
            }
            _ => Ok(None),
        }
    }

    /// The body that asks the server for this state.
    pub fn request(&self) -> String {
        let inner = match self {
            Feature::DoNotDisturb(on) => {
                return wrap("SetDoNotDisturb", &format!("<device/><doNotDisturbOn>{on}</doNotDisturbOn>"));
            }
            Feature::Forward { kind, active, target, rings } => {
                let rings = rings.filter(|_| *kind == Kind::NoAnswer);
                let rings = rings.map(|rings| format!("<ringCount>{rings}</ringCount>")).unwrap_or_default();
                format!(
                    "<device/><forwardingType>{}</forwardingType><activateForward>{active}</activateForward>\
                     <forwardDN>{}</forwardDN>{rings}",
                    kind.as_str(),
                    escape(target)
                )
            }
        };
        wrap("SetForwarding", &inner)
    }
}

fn wrap(name: &str, inner: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<{name} xmlns=\"{NAMESPACE}\">{inner}</{name}>\r\n")
}

fn switch(root: &Element, name: &'static str) -> Result<bool, Fault> {
    match root.child_text(name).ok_or(Fault::Missing(name))? {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Fault::Wrong(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forward(kind: Kind, active: bool, target: &str, rings: Option<u8>) -> Feature {
        Feature::Forward { kind, active, target: target.into(), rings }
    }

    fn read(body: &str) -> Result<Vec<Feature>, Fault> {
        super::read(&MediaType::parse(TYPE).unwrap(), body.as_bytes())
    }

    fn event(inner: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ForwardingEvent xmlns=\"{NAMESPACE}\">{inner}</ForwardingEvent>"
        )
    }

    #[test]
    fn states_of_the_server() {
        let dnd = "<DoNotDisturbEvent xmlns=\"x\"><device>1@x</device><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>";
        assert_eq!(read(dnd), Ok(vec![Feature::DoNotDisturb(true)]));
        let always = event(
            "<device>1</device><forwardingType>forwardImmediate</forwardingType><forwardStatus>false</forwardStatus>",
        );
        assert_eq!(read(&always), Ok(vec![forward(Kind::Always, false, "", None)]));
        let no_answer = event(
            "<forwardingType>forwardNoAns</forwardingType><forwardStatus>true</forwardStatus>\
            <forwardTo>tel:+1-555</forwardTo><ringCount>4</ringCount>",
        );
        assert_eq!(read(&no_answer), Ok(vec![forward(Kind::NoAnswer, true, "tel:+1-555", Some(4))]));
        assert_eq!(read("<AgentLoggedOnEvent/>"), Ok(vec![]));

        let part = |body: &str| format!("--u\r\nContent-Type:{TYPE}\r\n\r\n{body}\r\n");
        let all = format!("{}{}--u\r\nContent-Type: text/plain\r\n\r\n?\r\n--u--", part(dnd), part(&no_answer));
        let media = MediaType::parse("multipart/mixed;boundary=u").unwrap();
        assert_eq!(super::read(&media, all.as_bytes()).unwrap().len(), 2);
        let bad = all.replace(">true</doNot", ">perhaps</doNot");
        assert_eq!(super::read(&media, bad.as_bytes()), Err(Fault::Wrong("doNotDisturbOn")));
    }

    #[test]
    fn wishes_of_the_phone() {
        let wish = forward(Kind::NoAnswer, true, "20<1&", Some(3)).request();
        let root = Element::parse(wish.as_bytes()).unwrap();
        assert_eq!(root.name, "SetForwarding");
        let texts =
            ["device", "forwardingType", "activateForward", "forwardDN", "ringCount"].map(|name| root.child_text(name));
        assert_eq!(texts, [None, Some("forwardNoAns"), Some("true"), Some("20<1&"), Some("3")]);
        let wish = forward(Kind::Busy, false, "", Some(3)).request();
        assert!(!wish.contains("ringCount") && wish.contains("<activateForward>false<"));
        assert!(
            Feature::DoNotDisturb(false).request().contains("<doNotDisturbOn>false</doNotDisturbOn></SetDoNotDisturb>")
        );
    }

    #[test]
    fn what_is_no_state() {
        for (body, fault) in [
            (event(""), Fault::Missing("forwardingType")),
            (event("<forwardingType>forwardOften</forwardingType>"), Fault::Wrong("forwardingType")),
            (event("<forwardingType>forwardBusy</forwardingType>"), Fault::Missing("forwardStatus")),
            (
                event("<forwardingType>forwardBusy</forwardingType><forwardStatus>on</forwardStatus>"),
                Fault::Wrong("forwardStatus"),
            ),
            (
                event(
                    "<forwardingType>forwardNoAns</forwardingType><forwardStatus>1</forwardStatus><ringCount>999</ringCount>",
                ),
                Fault::Wrong("ringCount"),
            ),
            (
                event(&format!(
                    "<forwardingType>forwardBusy</forwardingType><forwardTo>{}</forwardTo>",
                    "1".repeat(300)
                )),
                Fault::Wrong("forwardTo"),
            ),
            ("<DoNotDisturbEvent/>".into(), Fault::Missing("doNotDisturbOn")),
            ("".into(), Fault::Xml),
            (" ".repeat(1 << 20), Fault::TooLarge),
        ] {
            assert_eq!(read(&body), Err(fault), "{fault}");
        }
        assert_eq!(super::read(&MediaType::parse("text/plain").unwrap(), b""), Err(Fault::Type));
    }
}
