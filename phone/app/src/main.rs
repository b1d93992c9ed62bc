//! The executable `offhook`: the phone, and the tools for its configuration files.

mod cli;
mod commands;
mod control;
mod net;
mod render;
mod status;
mod unit;
mod voice;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli.command) {
        Ok(code) => code,
        // Whoever reads our output has enough, as in `offhook schema | head`.
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("offhook: {error:#}");
            ExitCode::from(commands::COULD_NOT_RUN)
        }
    }
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    let io = |e: &(dyn std::error::Error + 'static)| {
        let kind = e.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        // serde_json wraps the error of the writer.
        kind.or_else(|| e.downcast_ref::<serde_json::Error>()?.io_error_kind()) == Some(std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(io)
}
