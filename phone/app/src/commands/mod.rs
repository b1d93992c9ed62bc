//! One module for each command.

mod boot;
mod check;
mod completions;
mod convert;
mod crypt;
mod dhcp_event;
mod dialplan;
mod diff;
mod explain;
pub(crate) mod files;
mod firmware;
mod phone;
mod run;
mod schema;
mod serve_config;
mod status;
mod unit;

use std::process::ExitCode;

use crate::cli::Command;

/// Exit code for files with errors, and for a comparison that found differences.
pub(crate) const FOUND: u8 = 1;
/// Exit code of a command that could not do its work.
pub(crate) const COULD_NOT_RUN: u8 = 2;

/// Does what the command line asks for.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Encrypt(args) => crypt::encrypt(&args),
        Command::Decrypt(args) => crypt::decrypt(&args),
        Command::Dialplan(args) => dialplan::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Boot(args) => boot::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Phone(command) => phone::run(command),
        Command::Set(args) => unit::set(args),
        Command::Reset(args) => unit::reset(&args),
        Command::Import(args) => unit::import(&args),
        Command::Backup(args) => unit::back_up(&args),
        Command::Restore(args) => unit::restore(&args),
        Command::Update(args) => unit::update(&args),
        Command::DhcpEvent(args) => dhcp_event::run(&args),
        Command::ServeConfig(args) => serve_config::run(&args),
        Command::Firmware(command) => firmware::run(&command),
        Command::Completions(args) => completions::run(&args),
    }
}
