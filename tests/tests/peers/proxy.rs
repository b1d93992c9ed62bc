//! kamailio as registrar and proxy: every user has the password `secret-` and its name.

use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use offhook_tests::stage::{Running, run, wait_for};

use crate::network::Desk;

/// A server. It ends with this value.
pub(crate) struct Proxy {
    process: Running,
    log: PathBuf,
}

impl Proxy {
    /// Starts it at port 5060 of addresses, each for UDP and TCP, and at port 5061 for TLS; waits until it answers.
    pub(crate) fn start(desk: &Desk, addresses: &[&str]) -> Self {
        Self::with(desk, addresses, String::new())
    }

    /// Starts one that also tells of messages and of extensions, one by one and as the list of these numbers.
    pub(crate) fn with_presence(desk: &Desk, address: &str, list: &[&str]) -> Self {
        let tables = desk.place("tables");
        fs::create_dir_all(&tables).expect("a folder");
        for table in TABLES {
            fs::copy(Path::new(EMPTY_TABLES).join(table), tables.join(table)).expect("kamailio has it");
        }
        add_row(&tables.join("xcap"), &services(list));
        Self::with(desk, &[address], presence(&tables, address))
    }

    fn with(desk: &Desk, addresses: &[&str], more: String) -> Self {
        let name = format!("kamailio-{}", addresses[0]);
        let folder = desk.place(&name);
        // One that died before may have left it.
        fs::create_dir_all(&folder).expect("a folder");
        certificate(&folder);
        let configuration = folder.join("kamailio.cfg");
        fs::write(&configuration, text(&folder, addresses, &more)).expect("a file");
        let log = desk.place(format!("{name}.log"));
        // Its processes end with the one that is known here.
        let mut command = Command::new("unshare");
        command.args(["--pid", "--fork", "--kill-child", "kamailio", "-DD", "-E", "-m", "32", "-M", "4", "-f"]);
        command.arg(&configuration).arg("-Y").arg(&folder).arg("-w").arg(&folder);
        let process = Running::start(&mut command, &log);
        let server = Self { process, log };
        wait_for("kamailio", || answers(addresses[0], 5060).then_some(()));
        server
    }

    /// What it says: a line for each registration, say.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// It dies, and its ports with it.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }
}

/// Whether somebody answers OPTIONS over UDP.
pub(crate) fn answers(address: &str, port: u16) -> bool {
    let socket = UdpSocket::bind((address, 0)).expect("a port");
    socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a time-out");
    let own = socket.local_addr().expect("an address");
    // The own port is another one each time.
    let tag = own.port();
    let ping = format!(
        "OPTIONS sip:{address}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{tag}\r\nMax-Forwards: 7\r\n\
         From: <sip:ping@office.test>;tag={tag}\r\nTo: <sip:{address}:{port}>\r\nCall-ID: {tag}\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let sent = socket.send_to(ping.as_bytes(), (address, port));
    let mut answer = [0; 2000];
    sent.is_ok() && socket.recv(&mut answer).is_ok_and(|length| answer[..length].starts_with(b"SIP/2.0 200 "))
}

fn certificate(folder: &Path) {
    let place = |name: &str| folder.join(name).display().to_string();
    run(
        "openssl",
        &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
            .iter()
            .copied()
            .chain(["-subj", "/CN=office.test", "-keyout", &place("key.pem"), "-out", &place("certificate.pem")])
            .collect::<Vec<_>>(),
    );
}

fn text(folder: &Path, addresses: &[&str], more: &str) -> String {
    let (mut listen, path) = (String::new(), folder.display());
    for address in addresses {
        let address = if address.contains(':') { format!("[{address}]") } else { (*address).to_owned() };
        listen += &format!("listen=udp:{address}:5060\nlisten=tcp:{address}:5060\nlisten=tls:{address}:5061\n");
    }
    let modules =
        ["tls", "sl", "tm", "rr", "pv", "maxfwd", "usrloc", "registrar", "textops", "siputils", "xlog", "auth"];
    let modules: String = modules.iter().map(|name| format!("loadmodule \"{name}.so\"\n")).collect();
    format!(
        "#!KAMAILIO\ndebug=2\nlog_stderror=yes\nchildren=1\ntcp_children=1\nenable_tls=yes\nauto_aliases=no\ndns=no\n\
         rev_dns=no\nalias=\"office.test\"\n{listen}{modules}\
         modparam(\"usrloc\", \"db_mode\", 0)\nmodparam(\"registrar\", \"min_expires\", 1)\n\
         modparam(\"tls\", \"certificate\", \"{path}/certificate.pem\")\n\
         modparam(\"tls\", \"private_key\", \"{path}/key.pem\")\nmodparam(\"tls\", \"tls_method\", \"TLSv1.2+\")\n\
         modparam(\"rr\", \"enable_full_lr\", 1)\n{more}{ROUTES}"
    )
}

/// Where Debian has tables of kamailio with nothing in them, and those that presence needs.
const EMPTY_TABLES: &str = "/usr/share/kamailio/dbtext/kamailio";
const TABLES: [&str; 8] =
    ["version", "presentity", "active_watchers", "watchers", "pua", "rls_presentity", "rls_watchers", "xcap"];

/// The modules of presence over these tables: message summaries that are published, dialogs that it sees itself, and lists.
fn presence(tables: &Path, address: &str) -> String {
    let modules = [
        "db_text",
        "dialog",
        "presence",
        "presence_xml",
        "presence_mwi",
        "presence_dialoginfo",
        "pua",
        "pua_dialoginfo",
        "rls",
        "htable",
    ];
    let modules: String = modules.iter().map(|name| format!("loadmodule \"{name}.so\"\n")).collect();
    let tables = tables.display();
    let places = ["presence", "presence_xml", "pua", "rls"]
        .map(|module| format!("modparam(\"{module}\", \"db_url\", \"text://{tables}\")\n"));
    format!(
        "#!define PRESENCE\n{modules}{}modparam(\"htable\", \"htable\", \"rings=>size=4\")\n\
         modparam(\"presence\", \"server_address\", \"sip:presence@{address}:5060\")\n\
         modparam(\"presence\", \"send_fast_notify\", 1)\nmodparam(\"presence\", \"notifier_processes\", 0)\n\
         modparam(\"presence_xml\", \"force_active\", 1)\nmodparam(\"presence_dialoginfo\", \"force_single_dialog\", 1)\n\
         modparam(\"pua_dialoginfo\", \"include_callid\", 1)\n\
         modparam(\"pua\", \"outbound_proxy\", \"sip:{address}:5060\")\nmodparam(\"rls\", \"outbound_proxy\", \"sip:{address}:5060\")\n\
         modparam(\"rls\", \"server_address\", \"sip:rls@{address}:5060\")\n\
         modparam(\"rls\", \"integrated_xcap_server\", 1)\nmodparam(\"rls\", \"rls_event\", \"dialog\")\n\
         modparam(\"rls\", \"waitn_time\", 1)\nmodparam(\"rls\", \"to_presence_code\", 10)\nmodparam(\"rls\", \"disable_remote_presence\", 0)\n",
        places.concat()
    )
}

/// The document that says which numbers the list of extensions has.
fn services(list: &[&str]) -> String {
    let entries: String = list.iter().map(|number| format!("<entry uri=\"sip:{number}@office.test\"/>")).collect();
    format!(
        "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\" xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\">\
         <service uri=\"sip:list@office.test\"><list name=\"list\">{entries}</list>\
         <packages><package>dialog</package></packages></service></rls-services>"
    )
}

/// Adds the document of an account to a table of documents; colons of values have a backslash.
fn add_row(table: &Path, document: &str) {
    let document = document.replace(':', "\\:");
    let text = fs::read_to_string(table).expect("a table") + &format!("1:201:office.test:{document}:8:x:0:index:0\n");
    fs::write(table, text).expect("a table");
}

/// What becomes of requests.
const ROUTES: &str = r#"
request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
#!ifdef PRESENCE
    if (is_method("PUBLISH|SUBSCRIBE") && uri == myself) {
        if (!t_newtran()) { sl_reply_error(); exit; }
        if (is_method("PUBLISH")) { handle_publish(); exit; }
        rls_handle_subscribe();
        if ($retcode == 10) handle_subscribe();
        exit;
    }
    if (is_method("NOTIFY") && $rU == "rls") { rls_handle_notify(); exit; }
#!endif
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
        if (uri != myself) { t_relay(); exit; }
        sl_send_reply("404", "Not Here");
        exit;
    }
    t_check_trans();
    if (is_method("OPTIONS") && uri == myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("$td", "secret-$au", "0")) { auth_challenge("$td", "1"); exit; }
        if (!save("location")) sl_reply_error();
        xlog("L_NOTICE", "registered $tU by $proto from $si, expires $hdr(Expires)\n");
        exit;
    }
    if (is_method("INVITE")) {
        if (!pv_proxy_authenticate("$fd", "secret-$au", "0")) { auth_challenge("$fd", "1"); exit; }
        consume_credentials();
        record_route();
#!ifdef PRESENCE
        dlg_manage();
        # A call that rings at 203 is picked up by *41203: whoever called there gets a call in its place (RFC 3891).
        t_on_reply("RINGS");
        if ($rU =~ "^\*41[0-9]+$") {
            $var(there) = $(rU{s.substr,3,0});
            if ($sht(rings=>$var(there)::caller) == $null) { sl_send_reply("404", "Nothing Rings There"); exit; }
            append_hf("Require: replaces\r\n");
            append_hf("Replaces: $sht(rings=>$var(there)::call);to-tag=$sht(rings=>$var(there)::caller_tag);from-tag=$sht(rings=>$var(there)::tag)\r\n");
            $rU = $sht(rings=>$var(there)::caller);
        }
#!endif
    }
    if (uri != myself) { t_relay(); exit; }
    if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
    t_relay();
}
#!ifdef PRESENCE
onreply_route[RINGS] {
    if (status =~ "18[0-9]") {
        $sht(rings=>$tU::call) = $ci;
        $sht(rings=>$tU::caller) = $fU;
        $sht(rings=>$tU::caller_tag) = $ft;
        $sht(rings=>$tU::tag) = $tt;
    }
}
#!endif
"#;
