//! A network for each test: addresses of an office on an interface that leads nowhere, and nobody else.

use std::any::type_name;
use std::path::{Path, PathBuf};

use offhook_tests::stage::{have, in_namespace, run};
use tempfile::TempDir;

/// Where servers, phones and scripts are, each at ports of its own.
pub(crate) const OFFICE: &str = "192.0.2.1";

/// Where a second server is.
pub(crate) const BRANCH: &str = "192.0.2.2";

/// Where the softphone is.
pub(crate) const DESK: &str = "192.0.2.3";

/// The office by version 6.
pub(crate) const OFFICE6: &str = "2001:db8::1";

/// Set where the network is there.
const INNER: &str = "OFFHOOK_TEST_IN_AN_OFFICE";

/// A folder for the files of a test.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// The path of a file in it.
    pub(crate) fn place(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }
}

/// The test in whose function a closure stands.
pub(crate) fn test_of<F>(_: &F) -> &'static str {
    // A closure is named after the function around it, and that after its module and crate.
    let name = type_name::<F>().split_once("::").map(|(_, name)| name);
    name.and_then(|name| name.strip_suffix("::{{closure}}")).expect("a closure of a test")
}

/// Runs the test that `body` stands in within a network of its own, if these programs are here.
pub(crate) fn in_an_office<F: FnOnce(&Desk)>(programs: &[&str], body: F) {
    let test = test_of(&body);
    test_in_an_office(test, programs, body);
}

/// The same for a body of another function, with the name of the test.
pub(crate) fn test_in_an_office(test: &str, programs: &[&str], body: impl FnOnce(&Desk)) {
    if std::env::var_os(INNER).is_some() {
        set_up();
        body(&Desk(tempfile::tempdir().expect("a folder")));
    } else if have(&[&["unshare", "ip"], programs].concat()) {
        in_namespace(test, INNER);
    }
}

fn set_up() {
    run("ip", &["link", "set", "lo", "up"]);
    run("ip", &["link", "add", "office", "type", "veth", "peer", "name", "wall"]);
    for address in [OFFICE, BRANCH, DESK] {
        run("ip", &["addr", "add", &format!("{address}/24"), "dev", "office"]);
    }
    run("ip", &["addr", "add", &format!("{OFFICE6}/64"), "dev", "office", "nodad"]);
    run("ip", &["link", "set", "wall", "up"]);
    run("ip", &["link", "set", "office", "up"]);
}
