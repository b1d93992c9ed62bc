//! `offhook serve-config` as phones see it: requests over a socket, and what it logs of them.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, SystemTime};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";
const TABLE: &str = "mac,number,name,password\r\n\
    00:80:F0:12:34:56,201,\"Weiß, Anna\",hush-1\r\n0080f0abcdef,202,Bob & <Co>,hush-2\r\n";

/// A folder as the documentation has it, and what must not get out beside it.
fn fleet() -> tempfile::TempDir {
    let desk = tempfile::tempdir().expect("a folder");
    let root = desk.path().join("fleet");
    fs::create_dir_all(root.join("xml")).expect("a folder");
    for (name, text) in [
        ("fleet/phones.csv", TABLE.to_owned()),
        (
            "fleet/Config{{MAC}}.cfg",
            format!("{HEADER}PHONE_NUMBER_1=\"{{{{number}}}}\"\r\nDISPLAY_NAME_1=\"{{{{name}}}}\"\r\n\r\n"),
        ),
        ("fleet/xml/{{mac}}.xml", "<?xml version=\"1.0\"?>\n<!-- {{name}} --><x/>\n".to_owned()),
        ("fleet/master.cfg", format!("{HEADER}SIP_TIMER_T1_1=\"1000\"\r\n\r\n")),
        ("fleet/.hidden", "hush".to_owned()),
        ("secret", "hush".to_owned()),
    ] {
        fs::write(desk.path().join(name), text).expect("a file");
    }
    std::os::unix::fs::symlink(desk.path().join("secret"), root.join("link")).expect("a link");
    desk
}

struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    host: String,
}

impl Server {
    fn start(root: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.arg("serve-config").arg(root).args(["--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("offhook runs");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Self { child, out, host: String::new() };
        let line = server.line();
        let url = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        server.host = url.unwrap_or_else(|| panic!("no address in {line:?}")).trim_end_matches('/').to_owned();
        server
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }

    /// Head and body of the answer.
    fn request(&self, method: &str, path: &str, headers: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.host).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.host);
        stream.write_all(head.as_bytes()).expect("the request is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (String, String) {
        self.request("GET", path, "")
    }

    fn status(&self, method: &str, path: &str, headers: &str) -> u16 {
        let head = self.request(method, path, headers).0;
        head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.unwrap_or_else(|| panic!("no {name} in {head}"))
}

#[test]
fn each_phone_gets_its_own_file_and_is_logged() {
    let desk = fleet();
    let mut server = Server::start(&desk.path().join("fleet"));
    let (head, body) = server.get("/Config0080F0123456.cfg");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, format!("{HEADER}PHONE_NUMBER_1=\"201\"\r\nDISPLAY_NAME_1=\"Weiß, Anna\"\r\n\r\n"));
    assert_eq!(server.get("/xml/0080f0abcdef.xml").1, "<?xml version=\"1.0\"?>\n<!-- Bob &amp; &lt;Co&gt; --><x/>\n");
    let agent = "User-Agent: Panasonic_KX-UT670/01.000 (0080f0abcdef)\r\n";
    assert!(server.request("GET", "/master.cfg", agent).1.contains("SIP_TIMER_T1_1"));
    assert_eq!(server.request("HEAD", "/master.cfg", "User-Agent: curl\r\n").1, "");
    let lines: Vec<String> = (0..4).map(|_| server.line()).collect();
    for (line, end) in lines.iter().zip([
        " 0080F0123456 GET /Config0080F0123456.cfg 200",
        " 0080F0ABCDEF GET /xml/0080f0abcdef.xml 200",
        " 0080F0ABCDEF GET /master.cfg 200",
        " \"curl\" HEAD /master.cfg 200",
    ]) {
        assert!(line.ends_with(end) && line.contains("T") && line.contains("Z "), "{line}");
    }
}

#[test]
fn nothing_else_gets_out() {
    let desk = fleet();
    let server = Server::start(&desk.path().join("fleet"));
    for path in [
        "/",
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/xml/../../secret",
        "//etc/passwd",
        "/link",
        "/.hidden",
        "/phones.csv",
        "/Config%7B%7BMAC%7D%7D.cfg",
        "/xml",
        "/Config0080F0000000.cfg",
        "/xml/%2e%2e/phones.csv",
    ] {
        let (head, body) = server.get(path);
        assert!(head.starts_with("HTTP/1.1 40"), "{path}: {head}");
        assert!(!body.contains("hush"), "{path}");
    }
    assert_eq!(server.status("POST", "/master.cfg", "Content-Length: 0\r\n"), 405);
    assert_eq!(server.status("PUT", "/new.cfg", "Content-Length: 0\r\n"), 405);
}

#[test]
fn an_unchanged_file_is_not_sent_again_and_a_changed_one_is() {
    let desk = fleet();
    let root = desk.path().join("fleet");
    let server = Server::start(&root);
    for path in ["/master.cfg", "/Config0080F0123456.cfg"] {
        let (head, _) = server.get(path);
        let (tag, date) = (header(&head, "etag").to_owned(), header(&head, "last-modified").to_owned());
        assert!(date.ends_with(" GMT"), "{date}");
        for (condition, status) in [
            (format!("If-None-Match: {tag}\r\n"), 304),
            (format!("If-None-Match: \"x\", W/{tag}\r\n"), 304),
            ("If-None-Match: *\r\n".to_owned(), 304),
            ("If-None-Match: \"x\"\r\n".to_owned(), 200),
            (format!("If-Modified-Since: {date}\r\n"), 304),
            ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n".to_owned(), 200),
            ("If-Modified-Since: yesterday\r\n".to_owned(), 200),
            (format!("If-None-Match: \"x\"\r\nIf-Modified-Since: {date}\r\n"), 200),
        ] {
            assert_eq!(server.status("GET", path, &condition), status, "{path} {condition}");
        }
        let changed = match path {
            "/master.cfg" => root.join("master.cfg"),
            _ => root.join("phones.csv"),
        };
        let text = fs::read_to_string(&changed).expect("there").replace("201", "299").replace("1000", "2000");
        fs::write(&changed, text).expect("written");
        let file = fs::File::options().write(true).open(&changed).expect("there");
        file.set_modified(SystemTime::now() - Duration::from_secs(1000)).expect("ours");
        assert_eq!(server.status("GET", path, &format!("If-None-Match: {tag}\r\n")), 200, "{path}");
    }
    assert!(server.get("/Config0080F0123456.cfg").1.contains("\"299\""));
}

fn offhook(arguments: &[&Path]) -> (Output, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    let output = command.arg("serve-config").args(arguments).stdin(Stdio::null()).output().expect("offhook runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn the_folder_is_rendered_for_other_servers() {
    let desk = fleet();
    let (root, out) = (desk.path().join("fleet"), desk.path().join("out"));
    fs::remove_file(root.join("xml/{{mac}}.xml")).expect("there");
    let render = || offhook(&[&root, Path::new("--render"), &out]);
    let (output, said) = render();
    assert_eq!((output.status.code(), &*said), (Some(0), &*format!("3 files are in {}\n", out.display())));
    let mut names: Vec<_> = fs::read_dir(&out).expect("listed").map(|e| e.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["Config0080F0123456.cfg", "Config0080F0ABCDEF.cfg", "master.cfg"]);
    let date = |name: &str| fs::metadata(out.join(name)).and_then(|m| m.modified()).expect("a date");
    let before = date("master.cfg");
    render();
    assert_eq!(date("master.cfg"), before);
    let (output, said) = offhook(&[&root, Path::new("--render"), &root.join("xml")]);
    assert_eq!(output.status.code(), Some(2), "{said}");

    // A field that the setting does not take is shown with file and line, and does not go unnoticed.
    fs::write(root.join("phones.csv"), TABLE.replace("Bob", &"B".repeat(300))).expect("written");
    let (output, said) = render();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error: /Config0080F0ABCDEF.cfg, line 3: "), "{said}");
}

#[test]
fn tables_that_cannot_be_meant_are_refused() {
    for (table, words) in [
        ("number\n201\n", "no column is named mac"),
        ("mac,number\n0080F012345,201\n", "line 2: \"0080F012345\" is no MAC address"),
        ("mac,number,name\n0080F0123456,1,a\n00-80-f0-12-34-56,2,b\n", "line 3: there is another phone 0080F0123456"),
        ("mac,number,name\n0080F0123456,1\n", "found record with 2 fields"),
        ("mac,name\n0080F0123456,a\n", "no column is named number"),
        ("mac,number,name\n0080F0123456,1,\"a\nb\"\n", "control character"),
    ] {
        let desk = fleet();
        let root = desk.path().join("fleet");
        fs::write(root.join("phones.csv"), table).expect("written");
        let (output, said) = offhook(&[&root]);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
}
