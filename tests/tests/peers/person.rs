//! What a person types, and reads.

use std::process::Command;

use offhook_tests::phone::executable;

use crate::network::{OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::unit::Unit;

#[test]
fn a_call_that_is_waited_for_tells_how_it_goes() {
    in_an_office(&["kamailio", "openssl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut caller = Unit::start(desk, ("201", 5070), &[], &[]);
        let mut called = Unit::start(desk, ("202", 5080), &[], &["--auto-answer"]);
        caller.until_registered(1);
        called.until_registered(1);
        let call = |number| {
            let mut command = Command::new(executable());
            command.args(["call", "--wait", number]).env("OFFHOOK_STATE", desk.place("201"));
            let output = command.output().expect("a command");
            (String::from_utf8(output.stdout).expect("text"), output.status.code())
        };

        let (said, code) = call("202");
        assert!(said.starts_with("call 1\ncalling 202\n") && said.ends_with("\ntalking to 202\n"), "{said}");
        assert_eq!(code, Some(0));
        caller.does("hang-up");
        called.until_free();

        let (said, code) = call("299");
        assert_eq!(said, "call 2\ncalling 299\nover: refused, status 404\n");
        assert_eq!(code, Some(1));
    });
}
