//! Somebody else's calls: `application/dialog-info+xml` (RFC 4235).

use super::Fault;
use super::xml::Element;

/// Most calls of one person that are kept.
pub const MAX_DIALOGS: usize = 1000;

/// One document: all calls of somebody, or those that have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Counts up with each document of a subscription.
    pub version: u32,
    /// Whether it names all calls; else those that have changed.
    pub full: bool,
    /// The URI of the person.
    pub entity: String,
    /// The calls.
    pub dialogs: Vec<Dialog>,
}

/// One call of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// Its name among the calls of that person.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// Whether the person was called or calls; none if it is not told.
    pub direction: Option<Direction>,
    /// What names it for Replaces (RFC 3891), as far as it is told: to pick the call up.
    pub call_id: Option<String>,
    /// The tag of the person.
    pub local_tag: Option<String>,
    /// The tag of the other party.
    pub remote_tag: Option<String>,
    /// The person, as the call has it.
    pub local: Option<Participant>,
    /// The other party.
    pub remote: Option<Participant>,
    /// The call is on hold: the person's phone plays nothing of it (`+sip.rendering` of `no`).
    pub held: bool,
}

/// How a call stands (RFC 4235, section 3.7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Over.
    Terminated,
    /// Begun; nobody has said anything yet.
    Trying,
    /// A server works on it.
    Proceeding,
    /// It rings.
    Early,
    /// They talk.
    Confirmed,
}

/// Who has called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The person has called.
    Initiator,
    /// The person was called.
    Recipient,
}

/// One end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The name for people.
    pub name: Option<String>,
    /// The URI.
    pub uri: String,
}

/// Reads a document.
///
/// # Errors
/// It is no XML, has another root, or lacks version, state, entity, or the id or state of a dialog.
pub fn read(body: &[u8]) -> Result<Document, Fault> {
    let root = Element::parse(body)?;
    if root.name != "dialog-info" {
        return Err(Fault::Wrong("dialog-info"));
    }
    let version = root.attribute("version").ok_or(Fault::Missing("version"))?;
    let version = version.trim().parse().map_err(|_| Fault::Wrong("version"))?;
    let full = match root.attribute("state") {
        Some("full") => true,
        Some("partial") => false,
        Some(_) => return Err(Fault::Wrong("state")),
        None => return Err(Fault::Missing("state")),
    };
    let entity = root.attribute("entity").ok_or(Fault::Missing("entity"))?.trim().to_owned();
    let dialogs: Vec<_> = root.children("dialog").map(Dialog::read).collect::<Result<_, _>>()?;
    if dialogs.len() > MAX_DIALOGS {
        return Err(Fault::TooLarge);
    }
    Ok(Document { version, full, entity, dialogs })
}

impl Dialog {
    fn read(element: &Element) -> Result<Self, Fault> {
        let text = |name: &str| element.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let state = element.child_text("state").ok_or(Fault::Missing("state of a dialog"))?;
        // kamailio writes `Trying`.
        let state = match state.to_ascii_lowercase().as_str() {
            "trying" => State::Trying,
            "proceeding" => State::Proceeding,
            "early" => State::Early,
            "confirmed" => State::Confirmed,
            "terminated" => State::Terminated,
            _ => return Err(Fault::Wrong("state of a dialog")),
        };
        let direction = match element.attribute("direction") {
            Some("initiator") => Some(Direction::Initiator),
            Some("recipient") => Some(Direction::Recipient),
            _ => None,
        };
        let local = element.child("local");
        Ok(Dialog {
            id: text("id").ok_or(Fault::Missing("id of a dialog"))?,
            state,
            direction,
            call_id: text("call-id"),
            local_tag: text("local-tag"),
            remote_tag: text("remote-tag"),
            held: local.is_some_and(is_held),
            local: local.and_then(Participant::read),
            remote: element.child("remote").and_then(Participant::read),
        })
    }
}

/// Servers write the parameter with its plus sign, without it, and with its value in any case.
fn is_held(local: &Element) -> bool {
    local.children("target").flat_map(|target| target.children("param")).any(|param| {
        param.attribute("pname").is_some_and(|name| name.trim_start_matches('+') == "sip.rendering")
            && param.attribute("pval").is_some_and(|value| value.eq_ignore_ascii_case("no"))
    })
}

impl Participant {
    fn read(element: &Element) -> Option<Self> {
        let identity = element.child("identity");
        let target = || element.child("target")?.attribute("uri");
        let uri = identity.and_then(Element::text).or_else(target)?.to_owned();
        let name = identity.and_then(|identity| identity.attribute("display")).map(str::trim);
        Some(Participant { name: name.filter(|name| !name.is_empty()).map(str::to_owned), uri })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RINGING: &str = r#"<?xml version="1.0"?>
        <dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:bob@example.com">
          <dialog id="as7d900as8" call-id="a84b4c76e66710" local-tag="1928301774" remote-tag="hh76a" direction="recipient">
            <state code="180">early</state>
            <local><identity display="Bob">sip:bob@example.com</identity>
              <target uri="sip:bob@192.0.2.4"><param pname="+sip.rendering" pval="NO"/></target></local>
            <remote><target uri="sip:alice@192.0.2.5"/></remote>
          </dialog>
        </dialog-info>"#;

    #[test]
    fn a_call_that_rings() {
        let document = read(RINGING.as_bytes()).unwrap();
        assert_eq!((document.version, document.full, document.entity.as_str()), (1, true, "sip:bob@example.com"));
        let participant =
            |name: Option<&str>, uri: &str| Some(Participant { name: name.map(str::to_owned), uri: uri.into() });
        assert_eq!(
            document.dialogs,
            [Dialog {
                id: "as7d900as8".into(),
                state: State::Early,
                direction: Some(Direction::Recipient),
                call_id: Some("a84b4c76e66710".into()),
                local_tag: Some("1928301774".into()),
                remote_tag: Some("hh76a".into()),
                local: participant(Some("Bob"), "sip:bob@example.com"),
                remote: participant(None, "sip:alice@192.0.2.5"),
                held: true,
            }]
        );
        let idle = br#"<dialog-info version="0" state="partial" entity="sip:b@c"/>"#;
        let idle = read(idle).unwrap();
        assert!(!idle.full && idle.dialogs.is_empty());
    }

    #[test]
    fn what_is_no_document() {
        let check = |from: &str, to: &str, fault: Fault| {
            assert!(RINGING.contains(from), "{from}");
            assert_eq!(read(RINGING.replace(from, to).as_bytes()), Err(fault), "{to}");
        };
        check("<dialog-info", "<presence", Fault::Xml);
        check("dialog-info ", "dialog-infos ", Fault::Xml);
        check("version=\"1\" s", "s", Fault::Missing("version"));
        check("version=\"1\" s", "version=\"-1\" s", Fault::Wrong("version"));
        check("version=\"1\" s", "version=\"4294967296\" s", Fault::Wrong("version"));
        check("\"full\"", "\"some\"", Fault::Wrong("state"));
        check("state=\"full\"", "", Fault::Missing("state"));
        check("entity=", "entities=", Fault::Missing("entity"));
        check(" id=", " idea=", Fault::Missing("id of a dialog"));
        check(">early<", ">late<", Fault::Wrong("state of a dialog"));
        check("<state code=\"180\">early</state>", "", Fault::Missing("state of a dialog"));
        assert_eq!(read(b"<presence/>"), Err(Fault::Wrong("dialog-info")));
    }

    #[test]
    fn states_as_kamailio_writes_them() {
        let text = "<dialog-info version=\"1\" state=\"full\" entity=\"a\"><dialog id=\"1\"><state>Trying</state></dialog></dialog-info>";
        assert_eq!(read(text.as_bytes()).unwrap().dialogs[0].state, State::Trying);
    }

    #[test]
    fn a_thousand_calls_and_more() {
        let with = |count: usize| {
            let dialog = |n: usize| format!("<dialog id=\"{n}\"><state>confirmed</state></dialog>");
            let all: String = (0..count).map(dialog).collect();
            read(format!("<dialog-info version=\"1\" state=\"full\" entity=\"a\">{all}</dialog-info>").as_bytes())
        };
        assert_eq!(with(1000).unwrap().dialogs.len(), 1000);
        assert_eq!(with(1001), Err(Fault::TooLarge));
    }
}
