//! The walls of the house: which crate may use which, and what some must never reach.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use offhook_tests::root;

/// What the rule is for one crate of the workspace.
struct Room {
    name: &'static str,
    /// Crates of the workspace that it may use.
    may_use: &'static [&'static str],
    /// Further ones that its tests and benches may use.
    tests_may_use: &'static [&'static str],
    /// What it must not reach, neither through the standard library nor through any chain of dependencies.
    never: &'static [Topic],
}

/// A thing of the outside world that pure crates do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    /// Sockets, and libraries that open them.
    Network,
    /// Files and folders.
    Files,
    /// The time of day and timers.
    Clocks,
    /// Threads and asynchronous runtimes.
    Runtime,
    /// Databases.
    Database,
}

use Topic::{Clocks, Database, Files, Network, Runtime};

const PURE: &[Topic] = &[Network, Files, Clocks, Runtime, Database];

/// ARCHITECTURE.md says why each wall stands where it does. Rooms that are planned have their walls already.
const HOUSE: &[Room] = &[
    Room { name: "offhook-codegen", may_use: &[], tests_may_use: &[], never: PURE },
    Room { name: "offhook-params", may_use: &[], tests_may_use: &[], never: PURE },
    Room { name: "offhook-dialplan", may_use: &["offhook-params"], tests_may_use: &[], never: PURE },
    Room { name: "offhook-sip", may_use: &["offhook-params"], tests_may_use: &[], never: PURE },
    Room { name: "offhook-settings", may_use: &["offhook-params"], tests_may_use: &[], never: PURE },
    Room {
        name: "offhook-config",
        may_use: &["offhook-dialplan", "offhook-params", "offhook-settings"],
        tests_may_use: &[],
        never: PURE,
    },
    Room {
        name: "offhook-store",
        may_use: &["offhook-config", "offhook-params", "offhook-settings"],
        tests_may_use: &[],
        never: &[Network, Database],
    },
    Room {
        name: "offhook-provision",
        may_use: &["offhook-config", "offhook-params", "offhook-settings", "offhook-store"],
        tests_may_use: &[],
        never: &[Database],
    },
    Room {
        name: "offhook-provision",
        may_use: &["offhook-config", "offhook-params", "offhook-settings", "offhook-store"],
        tests_may_use: &[],
        never: &[Database],
    },
    Room { name: "offhook-sip", may_use: &["offhook-params"], tests_may_use: &[], never: PURE },
    Room { name: "offhook-media", may_use: &["offhook-params"], tests_may_use: &[], never: &[Network, Database] },
    Room {
        name: "offhook-call",
        may_use: &["offhook-dialplan", "offhook-media", "offhook-params", "offhook-sip"],
        tests_may_use: &[],
        never: &[Network, Database],
    },
    Room { name: "offhook-system", may_use: &["offhook-params"], tests_may_use: &[], never: &[Database] },
    Room { name: "offhook-ui", may_use: &["offhook-params"], tests_may_use: &[], never: &[Network, Database] },
    Room {
        name: "offhook-web",
        may_use: &["offhook-config", "offhook-dialplan", "offhook-params", "offhook-settings", "offhook-store"],
        tests_may_use: &[],
        never: &[Database],
    },
    Room {
        name: "offhook-app",
        may_use: &[
            "offhook-call",
            "offhook-config",
            "offhook-dialplan",
            "offhook-media",
            "offhook-params",
            "offhook-provision",
            "offhook-settings",
            "offhook-sip",
            "offhook-store",
            "offhook-system",
            "offhook-ui",
            "offhook-web",
        ],
        tests_may_use: &[],
        never: &[Database],
    },
    // It runs the executables; it links no private part of them.
    Room {
        name: "offhook-tests",
        may_use: &[
            "offhook-call",
            "offhook-codegen",
            "offhook-config",
            "offhook-dialplan",
            "offhook-media",
            "offhook-params",
            "offhook-provision",
            "offhook-settings",
            "offhook-sip",
            "offhook-store",
            "offhook-system",
            "offhook-ui",
            "offhook-web",
        ],
        tests_may_use: &[],
        never: &[],
    },
    Room { name: "xtask", may_use: &["offhook-codegen"], tests_may_use: &[], never: &[Database] },
];

impl Topic {
    /// Crates that give access to it.
    fn crates(self) -> &'static [&'static str] {
        match self {
            Network => &[
                "async-std",
                "axum",
                "h2",
                "hickory-proto",
                "hickory-resolver",
                "hyper",
                "mio",
                "native-tls",
                "quinn",
                "reqwest",
                "rtnetlink",
                "rustls",
                "smol",
                "socket2",
                "suppaftp",
                "tiny_http",
                "tokio-rustls",
                "tower-http",
                "ureq",
            ],
            Files => &["atomic-write-file", "fs-err", "glob", "ignore", "memmap2", "notify", "tempfile", "walkdir"],
            Clocks => &["chrono", "coarsetime", "jiff", "minstant", "quanta", "time"],
            Runtime => &["async-std", "crossbeam-channel", "rayon", "smol", "tokio"],
            Database => &["diesel", "heed", "lmdb", "redb", "rocksdb", "rusqlite", "sled", "sqlite", "sqlx"],
        }
    }

    /// Paths of the standard library that give access to it.
    fn paths(self) -> &'static [&'static str] {
        match self {
            Network => &["net::TcpStream", "net::TcpListener", "net::UdpSocket", "net::ToSocketAddrs", "os::unix::net"],
            Files => &["std::fs", "fs::File", "std::env"],
            Clocks => &["Instant::now", "SystemTime::now", "thread::sleep"],
            Runtime => &["thread::spawn", "thread::scope", "thread::Builder"],
            Database => &[],
        }
    }
}

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(root()).exec().expect("cargo metadata describes the workspace")
}

fn room(name: &str) -> Option<&'static Room> {
    HOUSE.iter().find(|room| room.name == name)
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} of the walls are broken:\n  {}", faults.len(), faults.join("\n  "));
}

#[test]
fn every_crate_has_a_room() {
    let faults: Vec<_> = metadata()
        .workspace_packages()
        .iter()
        .filter(|package| room(&package.name).is_none())
        .map(|package| {
            format!("{} is new: add it to HOUSE in tests/tests/edges.rs and to ARCHITECTURE.md", package.name)
        })
        .collect();
    assert_none(&faults);
}

#[test]
fn crates_use_only_the_crates_below_them() {
    let metadata = metadata();
    let members: BTreeSet<_> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(room) = room(&package.name) else { continue };
        for dependency in package.dependencies.iter().filter(|d| members.contains(&d.name)) {
            let name = dependency.name.as_str();
            let in_tests = dependency.kind == DependencyKind::Development && room.tests_may_use.contains(&name);
            if !room.may_use.contains(&name) && !in_tests {
                faults.push(format!("{} must not use {name}", package.name));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn no_chain_of_dependencies_leads_where_a_crate_must_not_go() {
    let metadata = metadata();
    let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
    let mut faults = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(room) = room(&package.name) else { continue };
        for (target, chain) in reached(&metadata, &package.id) {
            for topic in room.never.iter().filter(|topic| topic.crates().contains(&names[target])) {
                let chain: Vec<_> = chain.iter().map(|id| names[id]).collect();
                faults.push(format!("{topic:?} is closed to {}, but: {}", package.name, chain.join(" -> ")));
            }
        }
    }
    assert_none(&faults);
}

/// The packages that are linked into a package, each with the shortest chain that leads there.
fn reached<'a>(metadata: &'a Metadata, from: &'a PackageId) -> BTreeMap<&'a PackageId, Vec<&'a PackageId>> {
    let nodes = &metadata.resolve.as_ref().expect("cargo resolves the workspace").nodes;
    let nodes: BTreeMap<_, _> = nodes.iter().map(|node| (&node.id, node)).collect();
    let mut chains = BTreeMap::from([(from, vec![from])]);
    let mut pending = VecDeque::from([from]);
    while let Some(id) = pending.pop_front() {
        let chain = chains[id].clone();
        for dependency in &nodes[id].deps {
            let linked = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if linked && !chains.contains_key(&dependency.pkg) {
                let next = chain.iter().copied().chain([&dependency.pkg]).collect();
                chains.insert(&dependency.pkg, next);
                pending.push_back(&dependency.pkg);
            }
        }
    }
    chains
}

/// Tests come last in a file, and may do as they like.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

#[test]
fn the_standard_library_is_no_back_door() {
    let mut faults = Vec::new();
    for package in metadata().workspace_packages() {
        let Some(room) = room(&package.name) else { continue };
        let folder = package.manifest_path.with_file_name("src");
        for (path, text) in sources(folder.as_std_path()) {
            let code = text.split_once(TESTS).map_or(text.as_str(), |(code, _)| code);
            for (line, text) in code.lines().enumerate().filter(|(_, text)| !text.trim_start().starts_with("//")) {
                for topic in room.never.iter().filter(|topic| topic.paths().iter().any(|path| text.contains(path))) {
                    faults.push(format!("{topic:?} is closed to {}, but: {path}:{}", package.name, line + 1));
                }
            }
        }
    }
    assert_none(&faults);
}

/// Every Rust file below a folder, with its text; files of tests excepted.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.file_name().is_some_and(|name| name == "tests.rs") {
                // The body of a test module.
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
                out.push((path.display().to_string(), text));
            }
        }
    }
    out
}

#[test]
fn nothing_uses_the_executable() {
    assert!(
        HOUSE.iter().all(|room| !room.may_use.contains(&"offhook-app") && !room.tests_may_use.contains(&"offhook-app"))
    );
}
