//! Files that come and go: what an upload would change, taking it in as one edit, and writing a file without secrets.

use offhook_config::{Format, Purpose, Reading, WriteError, WriteOptions};
use offhook_params::{Kind, ParamId, credentials};
use offhook_settings::{ChangeSet, Layer, Layers, Method};
use offhook_store::{Edit, EditError, Store};

/// Most bytes of an upload that are read at all; the guide's limits for files lie below, so that the reader can say
/// what is too large.
pub(crate) const MAX_FILE: usize = 256 * 1024;

/// Names in a line of a comment.
const NAMES_IN_A_LINE: usize = 6;

/// Which settings a file is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The values that count.
    Effective,
    /// The values that people set on this unit.
    User,
}

/// What a file says, plain text or XML as its content tells.
pub(crate) fn read(bytes: &[u8]) -> Reading<'_> {
    offhook_config::read(bytes, Purpose::File)
}

/// The settings of a file as edits of the user layer; lines with errors are left out.
pub(crate) fn edits(reading: &Reading<'_>) -> Vec<Edit> {
    reading.entries.iter().map(|entry| Edit::Set(entry.id, entry.value.clone().into_owned())).collect()
}

/// What taking the file in would change.
///
/// # Errors
/// Rules speak against it.
pub(crate) fn preview(store: &Store, reading: &Reading<'_>) -> Result<ChangeSet, EditError> {
    store.preview(&edits(reading), Method::File)
}

/// Puts the settings of a file into the user layer: all of them, or none.
///
/// They may be any that files set, also such as the page does not show. What the file does not name stays.
///
/// # Errors
/// Rules speak against it, or it could not be kept.
pub(crate) fn import(store: &Store, reading: &Reading<'_>) -> Result<ChangeSet, EditError> {
    store.edit(&edits(reading), Method::File)
}

/// Writes a file that can be taken in again. Comments tell what is left out: secrets, and what no file can set.
///
/// # Errors
/// A value that the format cannot carry, which no checked value is.
pub(crate) fn export(layers: &Layers, scope: Scope, format: Format) -> Result<String, WriteError> {
    let user = layers.layer(Layer::User);
    let value = |id| match scope {
        Scope::Effective => Some(layers.effective(id).value),
        Scope::User => user.get(id).map(|(value, _)| value),
    };
    let all: Vec<(ParamId, &str)> = ParamId::all().filter_map(|id| Some((id, value(id)?))).collect();
    let named = |wanted: &dyn Fn(ParamId, &str) -> bool| -> Vec<&str> {
        all.iter().filter(|(id, value)| wanted(*id, value)).map(|(id, _)| id.name()).collect()
    };
    let mut intro = match scope {
        Scope::Effective => "All settings as they count on this unit. Passwords and keys are left out.",
        Scope::User => "The settings that were set on this unit itself. Passwords and keys are left out.",
    }
    .to_owned();
    let secret = named(&|id, value| hidden(id, value) && !value.is_empty());
    list(&mut intro, "These have a value that is left out:", &secret);
    let elsewhere = named(&|id, _| !id.family().file && user.get(id).is_some());
    list(&mut intro, "Set on this unit, but left out because no file can set them:", &elsewhere);
    let kept = all.iter().filter(|(id, value)| id.family().file && !hidden(*id, value)).copied();
    offhook_config::write(format, kept, &WriteOptions { intro: &intro, ..WriteOptions::default() })
}

/// A name for the written file: `offhook-user.cfg`.
pub(crate) const fn file_name(scope: Scope, format: Format) -> &'static str {
    match (scope, format) {
        (Scope::Effective, Format::Plain) => "offhook-effective.cfg",
        (Scope::Effective, Format::Xml) => "offhook-effective.xml",
        (Scope::User, Format::Plain) => "offhook-user.cfg",
        (Scope::User, Format::Xml) => "offhook-user.xml",
    }
}

/// The media type of a written file.
pub(crate) const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Plain => "text/plain; charset=utf-8",
        Format::Xml => "application/xml; charset=utf-8",
    }
}

/// Whether the value must not leave the unit: it is a password or key, or a URL with a password in it.
pub(crate) fn hidden(id: ParamId, value: &str) -> bool {
    let family = id.family();
    family.secret || (matches!(family.kind, Kind::Url { .. }) && credentials::has_password(value))
}

fn list(intro: &mut String, title: &str, names: &[&str]) {
    if !names.is_empty() {
        *intro += &format!("\n{title}");
        names.chunks(NAMES_IN_A_LINE).for_each(|line| *intro += &format!("\n  {}", line.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(lines: &[&str]) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path()).expect("the folder opens");
        let file = format!("{}\r\n{}\r\n", offhook_config::HEADER_LINE, lines.join("\r\n"));
        import(&store, &read(file.as_bytes())).expect("good lines");
        (folder, store)
    }

    #[test]
    fn what_is_written_is_taken_in_again() {
        let lines =
            [r#"SIP_TIMER_T1_1="250""#, r#"DISPLAY_NAME_2="Ä & <山>""#, r#"ADMIN_ID="boss""#, r#"SIP_PASS_1="pw""#];
        let (_here, from) = store(&lines);
        for format in [Format::Plain, Format::Xml] {
            for scope in [Scope::User, Scope::Effective] {
                let text = export(&from.snapshot(), scope, format).expect("checked values");
                let reading = read(text.as_bytes());
                assert_eq!((reading.format, &reading.diagnostics[..]), (format, &[][..]));
                let (_there, to) = store(&[]);
                import(&to, &reading).expect("good values");
                let (from, to) = (from.snapshot(), to.snapshot());
                let all = ParamId::all().filter(|id| !id.family().secret);
                all.for_each(|id| assert_eq!(from.effective(id).value, to.effective(id).value, "{id}"));
                let count = if scope == Scope::User { 3 } else { to.layer(Layer::User).len() };
                assert_eq!(to.layer(Layer::User).len(), count);
            }
        }
    }

    #[test]
    fn secrets_stay_and_are_named() {
        let url = r#"CFG_PRODUCT_FILE_PATH="http://me:hush@h.example/p.cfg""#;
        let (_folder, store) = store(&[r#"SIP_PASS_1="not-told""#, url, r#"SIP_TIMER_T1_1="250""#]);
        store
            .edit(
                &[Edit::Set(offhook_params::lookup("WEB_SERVER_PORT").expect("a setting").id, "8080".into())],
                Method::Web,
            )
            .expect("a port");
        for format in [Format::Plain, Format::Xml] {
            for scope in [Scope::User, Scope::Effective] {
                let text = export(&store.snapshot(), scope, format).expect("checked values");
                assert!(
                    ["not-told", "hush", "\"adminpass\"", "8080"].iter().all(|secret| !text.contains(secret)),
                    "{text}"
                );
                for name in ["SIP_PASS_1", "CFG_PRODUCT_FILE_PATH", "WEB_SERVER_PORT"] {
                    assert!(text.contains(name) && !text.contains(&format!("{name}=")), "{text}");
                }
                assert!(text.contains("Passwords and keys are left out") && text.contains("SIP_TIMER_T1_1=\"250\""));
            }
        }
    }
}
