//! Commands for a running phone: each asks it over its control socket, and prints what it says.

mod show;

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use offhook_call::command::{CallId, Command, Reply};
use offhook_call::log::Kind;
use offhook_call::state::State;
use serde::Serialize;

use super::FOUND;
use crate::cli::{CallArgs, DialArgs, LogKind, PhoneArgs, PhoneCommand};
use crate::control::{Client, Unanswered};

/// Does what the command line asks for.
pub(crate) fn run(command: PhoneCommand) -> anyhow::Result<ExitCode> {
    let call = |number: Option<u16>| number.map(CallId);
    let (phone, command) = match command {
        PhoneCommand::Lines(phone) => return state(&phone, |state| state.lines, |all| show::lines(all)),
        PhoneCommand::Calls(phone) => return state(&phone, |state| state.calls, |all| show::calls(all)),
        PhoneCommand::Buttons(phone) => return state(&phone, |state| state.buttons, |all| show::buttons(all)),
        PhoneCommand::Events(phone) => return events(&phone),
        PhoneCommand::Dial(args) => return dial(&args),
        PhoneCommand::Tell(args) => {
            let command = serde_json::from_str(&args.command).context("this is no command of the control socket")?;
            (PhoneArgs { state: args.state, json: true }, command)
        }
        PhoneCommand::Call(args) if args.wait => return call_and_wait(args),
        PhoneCommand::Call(args) => {
            let hide = args.hide.then_some(true);
            (args.phone, Command::Call { number: args.number, line: args.line, hide })
        }
        PhoneCommand::Answer(args) => (args.phone, Command::Answer { call: call(args.call) }),
        PhoneCommand::Reject(args) => (args.phone, Command::Reject { call: call(args.call) }),
        PhoneCommand::HangUp(args) => (args.phone, Command::HangUp { call: call(args.call) }),
        PhoneCommand::Hold(args) => (args.phone, Command::Hold { call: call(args.call) }),
        PhoneCommand::Resume(args) => (args.phone, Command::Resume { call: call(args.call) }),
        PhoneCommand::Transfer(args) => {
            (args.phone, Command::Transfer { call: call(args.call), number: args.number, to: call(args.to) })
        }
        PhoneCommand::Conference(args) => (args.phone, Command::Conference { with: call(args.with) }),
        PhoneCommand::Dtmf(args) => (args.phone, Command::Dtmf { call: call(args.call), digits: args.digits }),
        PhoneCommand::Press(args) => (args.phone, Command::Press { button: args.button }),
        PhoneCommand::Log(args) => {
            let kind = match args.kind {
                LogKind::Missed => Kind::Missed,
                LogKind::Received => Kind::Received,
                LogKind::Dialled => Kind::Dialled,
            };
            (args.phone, Command::Log { kind })
        }
        PhoneCommand::Contacts(args) => match args.import {
            Some(file) => {
                let cards = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
                (args.phone, Command::ImportContacts { cards })
            }
            None if args.export => (args.phone, Command::ExportContacts),
            None => (args.phone, Command::Contacts { search: args.search }),
        },
    };
    finish(&phone, Client::connect(&phone.state)?.ask(&command))
}

/// What the phone is doing, for `offhook status`; none if it does not run.
pub(super) fn state_of(folder: &std::path::Path) -> anyhow::Result<Option<State>> {
    match Client::connect(folder) {
        Ok(mut client) => ask_state(&mut client).map(Some),
        Err(Unanswered::NotRunning(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) use self::show::{calls, lines, pace};

/// Prints the answer. A command that the phone refuses ends with code 1.
fn finish(phone: &PhoneArgs, answer: Result<Reply, Unanswered>) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match answer {
        Ok(reply) if phone.json => print(&mut out, &reply)?,
        Ok(Reply::Call(call)) => writeln!(out, "call {call}")?,
        Ok(Reply::Done) => {}
        Ok(Reply::Log(entries)) => out.write_all(show::log(&entries).as_bytes())?,
        Ok(Reply::Contacts(contacts)) => out.write_all(show::contacts(&contacts).as_bytes())?,
        Ok(Reply::Cards(cards)) => out.write_all(cards.as_bytes())?,
        Ok(Reply::Imported { added, known, skipped }) => {
            writeln!(out, "{added} contacts are new, {known} were there already")?;
            for (line, why) in &skipped {
                eprintln!("offhook: the card in line {line} is left out: {why}");
            }
            if !skipped.is_empty() {
                return Ok(ExitCode::from(FOUND));
            }
        }
        Ok(reply) => print(&mut out, &reply)?,
        Err(Unanswered::Refused(why)) => {
            eprintln!("offhook: {why}");
            return Ok(ExitCode::from(FOUND));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, what: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, what)?;
    Ok(writeln!(out)?)
}

/// Shows a part of what is going on.
fn state<T: Serialize>(
    phone: &PhoneArgs,
    part: impl Fn(State) -> T,
    text: impl Fn(&T) -> String,
) -> anyhow::Result<ExitCode> {
    let part = part(ask_state(&mut Client::connect(&phone.state)?)?);
    let mut out = io::stdout().lock();
    match phone.json {
        true => print(&mut out, &part)?,
        false => out.write_all(text(&part).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn ask_state(client: &mut Client) -> anyhow::Result<State> {
    match client.ask(&Command::Status)? {
        Reply::Status(state) => Ok(*state),
        other => bail!("the phone answered {other:?}"),
    }
}

/// Picks up unless that was done, and presses one key after the other.
fn dial(args: &DialArgs) -> anyhow::Result<ExitCode> {
    let mut client = Client::connect(&args.phone.state)?;
    let before = ask_state(&mut client)?;
    let mut keys: Vec<_> = args.digits.chars().map(|key| Command::Key { key }).collect();
    if before.path.is_none() {
        keys.insert(0, Command::OffHook { path: None, line: args.line });
    }
    if args.now {
        keys.push(Command::Dial);
    }
    let mut last = Ok(Reply::Done);
    for key in keys {
        last = client.ask(&key);
        if last.is_err() {
            break;
        }
    }
    finish(&args.phone, last)
}

/// Calls, and tells how it goes until somebody has answered; with code 1 when the call ends before.
fn call_and_wait(args: CallArgs) -> anyhow::Result<ExitCode> {
    let mut client = Client::connect(&args.phone.state)?;
    client.subscribe()?;
    let hide = args.hide.then_some(true);
    let answer = client.ask(&Command::Call { number: args.number, line: args.line, hide });
    let Ok(Reply::Call(call)) = answer else { return finish(&args.phone, answer) };
    finish(&args.phone, answer)?;
    let (mut out, mut told) = (io::stdout().lock(), String::new());
    while let Some(event) = client.next_event()? {
        if event["call"] != serde_json::to_value(call)? {
            continue;
        }
        let progress = show::progress(&event);
        match args.phone.json {
            true => print(&mut out, &event)?,
            false if progress == told => {}
            false => out.write_all(progress.as_bytes())?,
        }
        out.flush()?;
        told = progress;
        match (event["event"].as_str(), event["stage"].as_str()) {
            (Some("ended"), _) => return Ok(ExitCode::from(FOUND)),
            (Some("call"), Some("talking" | "held")) => return Ok(ExitCode::SUCCESS),
            _ => {}
        }
    }
    bail!("the phone went down")
}

/// Prints what happens, one event a line, until the phone goes down.
fn events(phone: &PhoneArgs) -> anyhow::Result<ExitCode> {
    let mut client = Client::connect(&phone.state)?;
    client.subscribe()?;
    let mut out = io::stdout().lock();
    while let Some(event) = client.next_event()? {
        match phone.json {
            true => print(&mut out, &event)?,
            false => writeln!(out, "{}", show::event(&event))?,
        }
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}
