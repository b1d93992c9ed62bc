//! Small sources, and what the scan finds in them.

use std::path::PathBuf;

use super::index::{Group, Index};
use super::{Consumers, Source};

const TYPED: &str = "
    pub struct Settings { pub rtp: Rtp, pub lines: [Line; 6] }
    pub struct Line { pub timers: LineTimers, pub rtp: LineRtp }
    pub struct LineTimers { pub timer_t1: Duration, pub timer_b: Duration }
    pub struct LineRtp { pub rtcp: bool }
    pub struct Mode { pub mode: choices::Mode }
    pub struct Rtp { pub port_min: Port }
";

fn index() -> Index {
    let group = |id: &str, title: &str, category: [&str; 2]| Group {
        names: [id.to_owned(), title.to_owned()],
        category: category.map(str::to_owned),
    };
    let groups = vec![group("timers", "SIP timers", ["line", "Line"]), group("rtp", "RTP", ["voip", "VoIP"])];
    let fields = [
        ("SIP_TIMER_T1_{line}", "timer_t1", 0),
        ("SIP_TIMER_B_{line}", "timer_b", 0),
        ("RTCP_ENABLE_{line}", "rtcp", 1),
        ("RTP_PORT_MIN", "port_min", 1),
        ("RTP_MODE", "mode", 1),
    ];
    Index::of_fields(groups, fields.into_iter().map(|(name, field, group)| (name.into(), field.into(), group)), TYPED)
        .expect("the typed settings have every field")
}

fn source(path: &str, text: &str) -> Source {
    Source { path: PathBuf::from(path), file: syn::parse_file(text).expect("the fixture is Rust") }
}

/// The fields that a source reads, with lines, in the order of the settings.
#[track_caller]
fn check(text: &str, expected: &[(&str, u32)]) {
    let consumers = Consumers::of(index(), &[(true, vec![source("a.rs", text)])]);
    let settings = consumers.index.settings.iter().zip(&consumers.places);
    let found: Vec<_> = settings.flat_map(|(s, places)| places.iter().map(|p| format!("{} {p}", s.field))).collect();
    let expected: Vec<_> = expected.iter().map(|(field, line)| format!("{field} a.rs:{line}")).collect();
    assert_eq!(found, expected, "in\n{text}");
}

#[test]
fn accesses_and_patterns_are_reads() {
    check("fn f(line: &Line) -> Duration { line.timers.timer_t1 }", &[("timer_t1", 1)]);
    check("fn f(lines: &[Line]) { lines\n.iter()\n.map(|l| l.timers.timer_b); }", &[("timer_b", 3)]);
    check("fn f(LineTimers { timer_t1, .. }: &LineTimers) {}", &[("timer_t1", 1)]);
    check("fn f(t: &T) { let settings::LineTimers { timer_b: b, .. } = t; }", &[("timer_b", 1)]);
    check("use p::LineTimers as T;\nfn f(T { timer_b, .. }: &T) {}", &[("timer_b", 2)]);
    check("fn f(x: X) { x.timer_t1 += 1; g(x.timer_t1.as_millis()) }", &[("timer_t1", 1)]);
    check("fn f(x: X) {\n log!(\"{:?}\",\n g(&x.timers.timer_t1)); }", &[("timer_t1", 3)]);
}

#[test]
fn what_does_not_use_the_value_is_no_read() {
    check("fn f(x: X) { x.timer_t1(); x.timer_t1::<u8>(); timer_t1(); }", &[]);
    check("fn f(x: X) { x.timers.timer_t1 = SECOND; }", &[]);
    check("fn f(x: X) { let _ = x.timers.timer_t1; _ = &x.timers.timer_t1; }", &[]);
    check("fn f() -> LineTimers { LineTimers { timer_t1: SECOND, timer_b } }", &[]);
    check("fn f(LineTimers { timer_t1: _, .. }: &LineTimers) {}", &[]);
    check("fn f(x: X) { log!(x.timer_t1(), 0..timer_t1) }", &[]);
    check("fn f() { lookup(\"SIP_TIMER_T1_1\"); }", &[]);
}

#[test]
fn tests_do_not_count() {
    check("#[cfg(test)] mod tests { fn f(x: X) { x.timer_t1; } }", &[]);
    check("#[test] fn f(x: X) { g(x.timer_t1) }", &[]);
    check("impl X { #[cfg(test)] fn f(x: X) { g(x.timer_t1) } }", &[]);
    check("#[cfg(not(test))] fn f(x: X) { g(x.timer_t1) }", &[("timer_t1", 1)]);
}

#[test]
fn a_field_that_others_have_too_needs_its_group() {
    let with = |text: &str| format!("struct Own {{ timer_t1: u8 }} {text}");
    check(&with("fn f(own: &Own) -> u8 { own.timer_t1 }"), &[]);
    check(&with("fn f(own: &Own) { log!(own.timer_t1) }"), &[]);
    check(&with("fn f(Own { timer_t1 }: &Own) {}"), &[]);
    check(&with("fn f(x: &X) { g((&x.timers).timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(x: &X) { log!(x.timers.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(x: &X) { let t = &x.timers; g(t.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(x: &X) { let t = &x.timers; log!(t.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(x: &X) { let (t, (_, u)) = (&x.timers, (1, own())); g(t.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(x: &X) { let (t, (_, u)) = (&x.timers, (1, own())); g(u.timer_t1) }"), &[]);
    check(&with("fn f(x: &X) { let t = &x.timers; { let t = own(); g(t.timer_t1) } }"), &[]);
    check(&with("fn f(t: &LineTimers) { g(t.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f() { g(|t: &LineTimers| t.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("fn f(t: &Own) { g(t.timer_t1) }"), &[]);
    check(&with("fn f(Line { timers, .. }: &Line) { g(timers.timer_t1) }"), &[("timer_t1", 1)]);
    check(&with("struct Y { config: Arc<LineTimers> } fn f(y: Y) { g(y.config.timer_t1) }"), &[("timer_t1", 1)]);
    // A group that holds other settings does not vouch for this one.
    check(&with("fn f(x: &X) { g(x.rtp.timer_t1) }"), &[]);
    check("enum E { V { rtcp: bool } } fn f(x: &X) { g(x.rtp.rtcp) }", &[("rtcp", 1)]);
}

#[test]
fn a_field_of_another_crate_is_ambiguous_and_handlers_do_not_count() {
    let own = source("own/lib.rs", "pub struct Own { pub timer_t1: u8 } fn f(x: X) { x.timers.timer_b; }");
    let user = source("user/lib.rs", "fn f(own: Own, line: Line) { own.timer_t1; line.timers.timer_b; }");
    let consumers = Consumers::of(index(), &[(false, vec![own]), (true, vec![user])]);
    assert_eq!(consumers.places, [vec![], vec!["user/lib.rs:1".to_owned()], vec![], vec![], vec![]]);
}

#[test]
fn the_report_counts_what_is_open() {
    let reader = source("phone/sip/src/lib.rs", "fn f(t: LineTimers) {\n t.timer_t1; }");
    let consumers = Consumers::of(index(), &[(true, vec![reader])]);
    let (text, open) = consumers.report(None, false).expect("no name is a good name");
    assert_eq!(open, 4);
    assert!(text.contains("Line / SIP timers: 1 of 2 open\n"), "{text}");
    assert!(text.contains("  read  SIP_TIMER_T1_{line}                phone/sip/src/lib.rs:2\n"), "{text}");
    assert!(text.contains("  open  RTP_PORT_MIN                       Rtp.port_min\n"), "{text}");
    assert!(text.ends_with("all settings: 4 of 5 open\n"), "{text}");

    let (text, _) = consumers.report(None, true).expect("no name is a good name");
    assert!(!text.contains("  open") && !text.contains("VoIP"), "{text}");
    for (name, open) in [("voip", 3), ("RTP", 3), ("line", 1), ("sip TIMERS", 1), ("timers", 1)] {
        assert_eq!(consumers.report(Some(name), false).map(|(_, open)| open), Ok(open), "{name}");
    }
    let error = consumers.report(Some("tyres"), false).expect_err("there is no such group");
    assert!(error.contains("\"tyres\"") && error.contains("timers (SIP timers)"), "{error}");
}
