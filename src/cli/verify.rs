//! `regulars verify`

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use regulars::rules::NativeRegex;
use regulars::snapshot::OpenOptions;

use crate::{clock, input};

/// Check a snapshot as a device does before it takes one: signature, digest, every column and document, expiry.
///
/// Prints one line and ends with 0 where a device would take the snapshot; else ends with 1 and tells the error's code
/// (`bad-signature`, `bad-digest`, `expired-snapshot`, ...).
#[derive(Args)]
pub struct Verify {
    /// The snapshot, binary or JSON.
    snapshot: PathBuf,
    /// A public key that may have signed; can be given more than once.
    #[arg(short, long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// Take it unsigned too (the only way to check the JSON form, which is never signed).
    #[arg(long, conflicts_with = "keys")]
    unsigned: bool,
    /// The instant at which it must not have expired.
    #[arg(long, value_name = "INSTANT", value_parser = clock::instant)]
    now: Option<i64>,
    /// The shop it must be for.
    #[arg(long)]
    shop: Option<String>,
    /// The version in use, below which it must not be.
    #[arg(long, value_name = "VERSION")]
    newest: Option<u64>,
    /// Fail on warnings too.
    #[arg(long)]
    strict: bool,
}

impl Verify {
    pub fn run(&self) -> Result<()> {
        if self.keys.is_empty() && !self.unsigned {
            bail!("give the public key with --key, or say --unsigned");
        }
        let keys = self.keys.iter().map(|path| input::public_key(path)).collect::<Result<Vec<_>>>()?;
        let options = OpenOptions {
            regex: &NativeRegex,
            public_keys: &keys,
            now: Some(self.now.unwrap_or_else(clock::now)),
            newest_version_in_use: self.newest,
            expected_shop: self.shop.as_deref(),
            host_check: None,
            later: None,
        };
        let (snapshot, _) = input::snapshot(&self.snapshot, &options)?;
        let warnings: Vec<_> = snapshot.info.warnings.iter().filter(|warning| warning.code != "signature-not-checked").collect();
        for warning in &warnings {
            eprintln!("warning: {}", crate::inspect::line(warning));
        }
        if self.strict && !warnings.is_empty() {
            bail!("{}: {} warnings", self.snapshot.display(), warnings.len());
        }
        println!("{}: sound, version {} of {}", self.snapshot.display(), snapshot.info.version, snapshot.info.id);
        Ok(())
    }
}
