//! Real servers, each with a configuration of its own in a temporary folder, ended when the test is.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

/// A running server and its folder of files.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Server {
    /// Puts a file where the server finds it.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        put(&self.folder.path().join("files"), name, bytes);
    }

    /// Puts a file there as if it had been written at this moment.
    pub(crate) fn put_at(&self, name: &str, bytes: &[u8], modified: SystemTime) {
        self.put(name, bytes);
        set_modified(&self.folder.path().join("files").join(name), modified);
    }

    /// Takes a file away.
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.folder.path().join("files").join(name)).expect("it was there");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Files have been there for a while, each written in a second of its own: servers tell versions by the second.
fn put(files: &Path, name: &str, bytes: &[u8]) {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let path = files.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, bytes).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("readable by servers");
    let age = Duration::from_secs(100_000 - WRITTEN.fetch_add(1, Ordering::Relaxed));
    set_modified(&path, SystemTime::now() - age);
}

fn set_modified(path: &Path, modified: SystemTime) {
    let file = fs::File::options().write(true).open(path).expect("a file");
    file.set_modified(modified).expect("our file");
}

/// Where a server's program is; `None`, with a word on it, where it cannot be tested. In CI that is a failure.
fn program(name: &str, package: &str, needs_root: bool) -> Option<PathBuf> {
    let folders = std::env::var("PATH").unwrap_or_default();
    let folders = folders.split(':').chain(["/usr/sbin", "/usr/local/sbin"]);
    let found = folders.map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    let id = Command::new("id").arg("-u").output().expect("id runs").stdout;
    let reason = match (&found, needs_root && id.trim_ascii() != b"0") {
        (None, _) => format!("{name} is missing (Debian: apt install {package})"),
        (_, true) => format!("{name} runs as root only"),
        (Some(_), false) => return found,
    };
    assert!(std::env::var_os("CI").is_none(), "{reason}");
    eprintln!("not tested: {reason}");
    None
}

/// A TCP port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A folder that servers may enter under any account, with a folder `files` in it.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("our folder");
    fs::create_dir(folder.path().join("files")).expect("a folder");
    folder
}

/// Starts a server, and looks again and again whether it answers.
fn start(command: &mut Command, folder: TempDir, port: u16, answers: impl Fn() -> bool) -> Server {
    let log = fs::File::create(folder.path().join("log")).expect("a file");
    let errors = log.try_clone().expect("a file");
    let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("the server starts");
    let mut server = Server { child, folder, port };
    let end = Instant::now() + Duration::from_secs(20);
    while !answers() {
        let log = || fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
        let ended = server.child.try_wait().expect("our child");
        assert!(ended.is_none() && Instant::now() < end, "{command:?} does not come up ({ended:?}): {}", log());
        std::thread::sleep(Duration::from_millis(10));
    }
    server
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// nginx with a server block; `{port}` and `{folder}` in it are replaced.
pub(crate) fn nginx(block: &str, files: &[(&str, &[u8])]) -> Option<Server> {
    let program = program("nginx", "nginx-light", false)?;
    let (folder, port) = (folder(), free_port());
    let path = folder.path().display().to_string();
    for (name, bytes) in files {
        put(&folder.path().join("files"), name, bytes);
    }
    let block = block.replace("{port}", &port.to_string());
    let block = block.replace("{folder}", &path);
    let text = format!(
        "daemon off; master_process off; user root; pid {path}/pid; error_log {path}/errors;\n\
         events {{}}\n\
         http {{\n\
           access_log {path}/access; client_body_temp_path {path}/a; proxy_temp_path {path}/b;\n\
           fastcgi_temp_path {path}/c; uwsgi_temp_path {path}/d; scgi_temp_path {path}/e;\n\
           log_format line '$request|$status|$http_user_agent|$http_host|$remote_user';\n\
           {block}\n\
         }}\n"
    );
    let configuration = folder.path().join("nginx.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new(program);
    command.args(["-e", "stderr", "-p", &path, "-c"]).arg(&configuration);
    Some(start(&mut command, folder, port, || listens(port)))
}

impl Server {
    /// What nginx logged with the format `line`, as soon as that is so many lines: it logs after it has answered.
    pub(crate) fn log(&self, lines: usize) -> Vec<String> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let log = fs::read_to_string(self.folder.path().join("lines")).unwrap_or_default();
            if log.lines().count() >= lines {
                return log.lines().map(str::to_owned).collect();
            }
            assert!(Instant::now() < end, "no {lines} lines in: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// lighttpd that asks for a Digest login by this algorithm.
pub(crate) fn lighttpd_digest(algorithm: &str, user: &str, password: &str) -> Option<Server> {
    let program = program("lighttpd", "lighttpd", false)?;
    let (folder, port) = (folder(), free_port());
    let path = folder.path().display().to_string();
    fs::write(folder.path().join("users"), format!("{user}:{password}\n")).expect("a file");
    let text = format!(
        "server.modules = (\"mod_auth\", \"mod_authn_file\")\n\
         server.document-root = \"{path}/files\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n\
         auth.backend = \"plain\"\nauth.backend.plain.userfile = \"{path}/users\"\n\
         auth.require = (\"/\" => (\"method\" => \"digest\", \"realm\" => \"phones\", \"require\" => \"valid-user\", \
         \"algorithm\" => \"{algorithm}\"))\n"
    );
    let configuration = folder.path().join("lighttpd.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new(program);
    command.arg("-D").arg("-f").arg(&configuration);
    Some(start(&mut command, folder, port, || listens(port)))
}

/// vsftpd for anonymous logins, with this password where one is given.
pub(crate) fn vsftpd(password: Option<&str>) -> Option<Server> {
    let program = program("vsftpd", "vsftpd", true)?;
    let (folder, port) = (folder(), free_port());
    let path = folder.path().display().to_string();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    fs::set_permissions(&empty, fs::Permissions::from_mode(0o755)).expect("our folder");
    let mut text = format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=YES\n\
         anon_root={path}/files\nsecure_chroot_dir={path}/empty\nseccomp_sandbox=NO\nftp_data_port=0\n\
         connect_from_port_20=NO\npasv_address=192.0.2.1\n"
    );
    if let Some(password) = password {
        fs::write(folder.path().join("passwords"), format!("{password}\n")).expect("a file");
        text += &format!("secure_email_list_enable=YES\nemail_password_file={path}/passwords\n");
    }
    let configuration = folder.path().join("vsftpd.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new(program);
    command.arg(&configuration);
    Some(start(&mut command, folder, port, || listens(port)))
}

/// tftpd-hpa.
pub(crate) fn tftpd(more: &[&str]) -> Option<Server> {
    let program = program("in.tftpd", "tftpd-hpa", true)?;
    let folder = folder();
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port").local_addr().expect("an address").port();
    let files = folder.path().join("files");
    put(&files, "ready", b"x");
    let mut command = Command::new(program);
    command.args(["--foreground", "--user", "root", "--address", &format!("127.0.0.1:{port}")]).args(more);
    command.arg("--secure").arg(&files);
    Some(start(&mut command, folder, port, || answers_by_tftp(Ipv4Addr::LOCALHOST, port)))
}

/// dnsmasq's TFTP server, which knows no port but 69: it gets a loopback address of its own.
pub(crate) fn dnsmasq() -> Option<(Server, Ipv4Addr)> {
    let program = program("dnsmasq", "dnsmasq-base", true)?;
    let folder = folder();
    let [_, _, a, b] = std::process::id().to_be_bytes();
    let address = Ipv4Addr::new(127, 69, a, b | 1);
    let files = folder.path().join("files");
    put(&files, "ready", b"x");
    let mut command = Command::new(program);
    command.args(["--keep-in-foreground", "--port=0", "--enable-tftp", "--bind-interfaces", "--user=root"]);
    command.args(["--conf-file=/dev/null", "--pid-file=", &format!("--listen-address={address}")]);
    command.arg(format!("--tftp-root={}", files.display()));
    Some((start(&mut command, folder, 69, || answers_by_tftp(address, 69)), address))
}

fn answers_by_tftp(address: Ipv4Addr, port: u16) -> bool {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a time-out");
    let sent = socket.send_to(b"\0\x01ready\0octet\0", (address, port));
    sent.is_ok() && socket.recv_from(&mut [0; 1000]).is_ok()
}
