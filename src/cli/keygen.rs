//! `regulars keygen`

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use ed25519_dalek::SigningKey;
use rand::TryRng;
use rand::rngs::SysRng;

use crate::input::hex;

/// Make a pair of keys to sign snapshots with.
///
/// Writes NAME.key (private, readable by its owner only: keep it where `regulars pack` runs) and NAME.pub (public: the
/// shop's page gives its 32 bytes to `loadCatalog`), each as 64 hexadecimal digits of an Ed25519 key. Existing files are
/// never overwritten.
#[derive(Args)]
pub struct Keygen {
    /// Where, without ending.
    #[arg(short, long, value_name = "NAME", default_value = "regulars")]
    output: PathBuf,
}

impl Keygen {
    pub fn run(&self) -> Result<()> {
        let mut seed = [0; 32];
        SysRng.try_fill_bytes(&mut seed).context("the operating system gave no random bytes")?;
        let key = SigningKey::from_bytes(&seed);
        write(&self.output.with_extension("key"), 0o600, &seed)?;
        let public = key.verifying_key().to_bytes();
        write(&self.output.with_extension("pub"), 0o644, &public)?;
        println!("{}", hex(&public));
        Ok(())
    }
}

fn write(path: &Path, mode: u32, key: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    writeln!(file, "{}", hex(key)).with_context(|| path.display().to_string())
}
