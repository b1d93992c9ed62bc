//! `offhook firmware`: keys and images, the same code that a phone checks them with.

use std::fs::{self, File};
use std::io::{BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use offhook_provision::firmware::{Fault, Keyring, Signer, Wanted, claims, image, verify, version};

use super::{FOUND, files};
use crate::cli::{FirmwareCommand, FirmwareInfoArgs, FirmwareKeyArgs, FirmwarePackArgs, FirmwareVerifyArgs};
use crate::status::firmware_version;

/// Does what the command line asks for.
pub(crate) fn run(command: &FirmwareCommand) -> anyhow::Result<ExitCode> {
    match command {
        FirmwareCommand::Info(args) => info(args),
        FirmwareCommand::Verify(args) => check(args),
        FirmwareCommand::Pack(args) => pack(args),
        FirmwareCommand::NewKey(args) => new_key(args),
    }
}

fn info(args: &FirmwareInfoArgs) -> anyhow::Result<ExitCode> {
    let manifest = claims(open(&args.image)?).with_context(|| args.image.display().to_string())?;
    println!("{}", serde_json::to_string_pretty(&manifest)?);
    Ok(ExitCode::SUCCESS)
}

fn check(args: &FirmwareVerifyArgs) -> anyhow::Result<ExitCode> {
    let keys = Keyring::parse(&text(&args.keys)?).with_context(|| args.keys.display().to_string())?;
    let wanted = Wanted { model: Some(args.model.clone()), newer_than: args.newer_than, version: None };
    match verify(open(&args.image)?, &keys, &wanted) {
        Ok(manifest) => {
            println!(
                "{} {}, {} bytes, signed with key {}: good",
                manifest.model, manifest.version, manifest.size, manifest.key
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(Fault::Io(error)) => Err(error).with_context(|| format!("reading {}", args.image.display())),
        Err(fault) => {
            println!("refused: {fault}");
            Ok(ExitCode::from(FOUND))
        }
    }
}

fn pack(args: &FirmwarePackArgs) -> anyhow::Result<ExitCode> {
    let signer = Signer::from_pem(&text(&args.key)?).with_context(|| args.key.display().to_string())?;
    let program = fs::read(&args.program).with_context(|| format!("reading {}", args.program.display()))?;
    let own = firmware_version();
    let version = args.packed_as.or_else(|| version(&own)).with_context(|| format!("{own} is no firmware version"))?;
    let mut bytes = image(&args.model, version, &program, &signer)?;
    bytes.extend_from_slice(&program);
    files::write(&args.output, &bytes)?;
    Ok(ExitCode::SUCCESS)
}

fn new_key(args: &FirmwareKeyArgs) -> anyhow::Result<ExitCode> {
    let signer = Signer::generate(args.generation)?;
    let mut public = args.file.clone().into_os_string();
    public.push(".pub");
    create(&args.file, 0o600, &signer.to_pem()?)?;
    create(&PathBuf::from(public), 0o644, &format!("# Key {}\n{}", signer.name(), signer.keyring()))?;
    println!("key {}", signer.name());
    Ok(ExitCode::SUCCESS)
}

/// A new file; one that is there may be a key that is still needed.
fn create(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let file = File::options().write(true).create_new(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .with_context(|| format!("writing {}", path.display()))
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).with_context(|| format!("opening {}", path.display()))?))
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
