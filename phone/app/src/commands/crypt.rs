//! `offhook encrypt` and `offhook decrypt`, compatible with `openssl enc`.

use std::process::ExitCode;

use anyhow::Context;
use offhook_config::crypt::{self, KeyLength};

use super::files;
use crate::cli::CryptArgs;

/// Encrypts a file.
pub(crate) fn encrypt(args: &CryptArgs) -> anyhow::Result<ExitCode> {
    let key = files::read_key(&args.key)?;
    let plain = files::read_raw(&args.input)?;
    let mut salt = [0; 8];
    getrandom::fill(&mut salt).map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
    let sealed = crypt::encrypt(&plain, &key, length(args), salt, args.base64);
    files::write(&args.output, &sealed)?;
    Ok(ExitCode::SUCCESS)
}

/// Decrypts a file.
pub(crate) fn decrypt(args: &CryptArgs) -> anyhow::Result<ExitCode> {
    let key = files::read_key(&args.key)?;
    let sealed = files::read_raw(&args.input)?;
    let plain = crypt::decrypt(&sealed, &key, length(args))
        .with_context(|| format!("{} was not decrypted, and nothing was written", args.input.display()))?;
    files::write(&args.output, &plain)?;
    Ok(ExitCode::SUCCESS)
}

fn length(args: &CryptArgs) -> KeyLength {
    args.key_length.parse().ok().and_then(KeyLength::from_bits).unwrap_or_default()
}
