//! The web page, as long as its port is open.

use std::net::SocketAddr;
use std::pin::pin;

use anyhow::Context;
use offhook_settings::Method;
use offhook_store::{Edit, EditError, Store};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::announce;
use crate::cli::RunArgs;

/// Listens while the web port is open, takes back what nobody keeps, and follows the signal that opens the port.
pub(super) async fn serve(
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

async fn listen(args: &RunArgs, port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(args.web_address, port);
    TcpListener::bind(address).await.with_context(|| {
        let remedy = match args.web_port {
            Some(_) => "choose another one with --web-port",
            None => "ports below 1024 may need rights: choose one with --web-port, or serve no page with --no-web",
        };
        format!("the web page cannot have {address}; {remedy}")
    })
}
