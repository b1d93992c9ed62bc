//! `offhook run`: the phone itself. Today it keeps its settings and serves the web page.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use offhook_settings::{Layer, Method};
use offhook_store::{Edit, EditError, Store, StoreError};
use offhook_web::{Level, Log};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::files::{self, Keys};
use crate::cli::{LayerArgs, RunArgs};
use crate::render;
use crate::status::UnitStatus;

/// Runs until interrupted; a restart of the unit begins anew in the same process.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    // One thread is plenty for the one administrator that may be logged in.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (store, reports) =
        Store::open(&args.state).with_context(|| format!("opening the state folder {}", args.state.display()))?;
    // It tells of what happened before a restart of the unit too.
    let log = Log::of(&store);
    for report in reports {
        eprintln!("offhook: {report}");
        log.push(Level::Warning, report);
    }
    log.push(Level::Info, format_args!("offhook {} starts", env!("CARGO_PKG_VERSION")));
    while runtime.block_on(serve(args, &store, &log))? == Next::Restart {
        eprintln!("offhook: restarting");
        log.push(Level::Notice, "the unit restarts");
    }
    Ok(ExitCode::SUCCESS)
}

/// What comes after the phone went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Restart,
    Quit,
}

struct Control(Arc<Notify>);

impl offhook_web::Control for Control {
    fn restart(&self) {
        self.0.notify_one();
    }

    fn fetch(&self) -> Result<(), String> {
        Err("This version takes its files from the command line, and fetches none.".to_owned())
    }
}

async fn serve(args: &RunArgs, store: &Store, log: &Log) -> anyhow::Result<Next> {
    take_files(store, &args.layers, &Keys::of(&args.keys)?, log)?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let restart = Arc::new(Notify::new());
    let (down, next) = tokio::sync::oneshot::channel();
    let asked = Arc::clone(&restart);
    let stop = async move {
        let next = tokio::select! {
            () = asked.notified() => Next::Restart,
            _ = interrupt.recv() => Next::Quit,
            _ = terminate.recv() => Next::Quit,
        };
        // The receiver below outlives this future.
        let _ = down.send(next);
    };
    if args.no_web {
        announce("the phone is up, without a web page")?;
        stop.await;
    } else {
        let status = UnitStatus::new(store.clone(), args.mac, args.state.clone());
        let shared = offhook_web::Shared::new(store.clone(), status, Control(restart), Vec::new())?;
        serve_web(args, store, &shared.with_log(log.clone()), stop).await?;
    }
    Ok(next.await.unwrap_or(Next::Quit))
}

/// Listens while the web port is open, takes back what nobody keeps, and follows the signal that opens the port.
async fn serve_web(
    args: &RunArgs,
    store: &Store,
    shared: &offhook_web::Shared,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let mut switch = signal(SignalKind::user_defined1())?;
    // There is no screen yet to switch [Embedded web] on; the signal stands in for it.
    let follow = async {
        while switch.recv().await.is_some() {
            if let Err(error) = switch_on(store) {
                eprintln!("offhook: opening the web port: {error}");
            }
        }
        std::future::pending().await
    };
    tokio::select! {
        served = listen_while_open(args, store, shared, stop) => served,
        () = shared.watch_trials() => Ok(()),
        () = follow => Ok(()),
    }
}

async fn listen_while_open(
    args: &RunArgs,
    store: &Store,
    shared: &offhook_web::Shared,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let mut stop = pin!(stop);
    // A new port counts after a restart.
    let port = args.web_port.unwrap_or(store.snapshot().typed().web_server.web_server_port.0);
    // Whoever put settings on trial has to get in to keep them, however the port was opened before.
    if args.web_port.is_some() || store.deadline().is_some() {
        shared.open_port();
    }
    loop {
        if !shared.port_is_open() {
            announce("the web port is closed; SIGUSR1 opens it")?;
        }
        tokio::select! {
            () = &mut stop => return Ok(()),
            () = shared.port_opened() => {}
        }
        let listener = listen(args, port).await?;
        announce(&format!("the web page is at http://{}/", listener.local_addr()?))?;
        let mut stopped = false;
        let closed = async {
            tokio::select! {
                () = &mut stop => stopped = true,
                () = shared.port_closed() => {}
            }
        };
        offhook_web::serve(listener, shared.clone(), closed).await;
        if stopped {
            return Ok(());
        }
    }
}

/// What the phone's own switch does.
fn switch_on(store: &Store) -> Result<(), EditError> {
    let switch = offhook_params::lookup("EMBEDDED_WEB").expect("a setting of the spec").id;
    store.edit(&[Edit::Set(switch, "Y".to_owned())], Method::Phone).map(|_| ())
}

/// One line on standard output, at once: whoever started the phone may wait for it.
fn announce(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "offhook: {text}")?;
    Ok(out.flush()?)
}

async fn listen(args: &RunArgs, port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.with_context(|| {
        let remedy = match args.web_port {
            Some(_) => "choose another one with --web-port",
            None => "ports below 1024 may need rights: choose one with --web-port, or serve no page with --no-web",
        };
        format!("the web page cannot have {address}; {remedy}")
    })
}

/// Takes the files of the command line into their layers, as a download at start-up would.
fn take_files(store: &Store, args: &LayerArgs, keys: &Keys, log: &Log) -> anyhow::Result<()> {
    for (layer, path) in layer_files(args) {
        let bytes = files::read(path, keys)?;
        let name = path.display().to_string();
        let text = String::from_utf8_lossy(&bytes);
        let show = |diagnostics: &[offhook_config::Diagnostic]| {
            for diagnostic in diagnostics {
                eprintln!("{}", render::human(&name, &text, diagnostic, false));
            }
        };
        let source = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        match store.replace(layer, &bytes, &source.display().to_string()) {
            Ok(replaced) => {
                show(&replaced.diagnostics);
                let text = format!("{name} fills the {layer} layer, {} settings change", replaced.changes.len());
                eprintln!("offhook: {text}");
                let level = if replaced.diagnostics.is_empty() { Level::Info } else { Level::Warning };
                log.push(level, format_args!("{text}; the reader has {} remarks", replaced.diagnostics.len()));
            }
            // The layer keeps what it had: a phone with yesterday's settings is better than none.
            Err(StoreError::Void(diagnostics)) => {
                show(&diagnostics);
                let text = format!("{name} is refused as a whole; the {layer} layer stays as it was");
                eprintln!("offhook: {text}");
                log.push(Level::Error, text);
            }
            // A full disk, say: the store still has what it had.
            Err(error) => {
                let text = format!("{name} could not be kept ({error}); the {layer} layer stays as it was");
                eprintln!("offhook: {text}");
                log.push(Level::Error, text);
            }
        }
    }
    Ok(())
}

/// The files of the command line with their layers, weakest first.
pub(crate) fn layer_files(args: &LayerArgs) -> impl Iterator<Item = (Layer, &Path)> {
    let all = [
        (Layer::PreProvisioning, &args.pre_provisioning),
        (Layer::Master, &args.master),
        (Layer::Product, &args.product),
        (Layer::Standard, &args.standard),
    ];
    all.into_iter().filter_map(|(layer, path)| Some((layer, path.as_deref()?)))
}
