//! `offhook encrypt` and `offhook decrypt`, compatible with `openssl enc`.

use std::process::ExitCode;

use anyhow::Context;
use offhook_config::crypt;

use super::files;
use crate::cli::{CryptArgs, EncryptArgs};

/// Encrypts a file.
pub(crate) fn encrypt(EncryptArgs { crypt: args, base64 }: &EncryptArgs) -> anyhow::Result<ExitCode> {
    let key = files::read_key(&args.key)?;
    let plain = files::read_whole(&args.input)?;
    let mut salt = [0; 8];
    getrandom::fill(&mut salt).map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
    let sealed = crypt::encrypt(&plain, &key, args.key_length, salt, *base64);
    files::write(&args.output, &sealed)?;
    Ok(ExitCode::SUCCESS)
}

/// Decrypts a file.
pub(crate) fn decrypt(args: &CryptArgs) -> anyhow::Result<ExitCode> {
    let key = files::read_key(&args.key)?;
    let sealed = files::read_whole(&args.input)?;
    let plain = crypt::decrypt(&sealed, &key, args.key_length)
        .with_context(|| format!("{} was not decrypted, and nothing was written", args.input.display()))?;
    files::write(&args.output, &plain)?;
    Ok(ExitCode::SUCCESS)
}
