//! `regulars delta`

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use regulars::rules::NativeRegex;
use regulars::snapshot::delta::{Delta, apply, delta, patched};
use regulars::snapshot::{OpenOptions, SnapshotError, is_binary, open};

use crate::{input, pack};

/// Write what changed from one snapshot to the next, for devices that have the first.
///
/// Devices replace changed prices and stock in place, and make the new file from the old one where more has changed
/// (offers, titles, items); either way the result is the second snapshot byte for byte, with its own signature. Before
/// the delta is written it is applied to OLD as a device does, and the result compared with NEW.
#[derive(Args)]
pub struct MakeDelta {
    /// The snapshot that devices have.
    old: PathBuf,
    /// The one they are to have.
    new: PathBuf,
    /// Where the delta goes.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The private key that signs. Devices that ask for signed snapshots take signed deltas only.
    #[arg(short, long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl MakeDelta {
    pub fn run(&self) -> Result<()> {
        let (old, new) = (input::bytes(&self.old)?, input::bytes(&self.new)?);
        for (path, bytes) in [(&self.old, &old), (&self.new, &new)] {
            if !is_binary(bytes) {
                bail!("{}: only binary snapshots have deltas; `regulars pack` makes them", path.display());
            }
        }
        let key = self.key.as_deref().map(input::private_key).transpose()?;
        let bytes = delta(&old, &new, key.as_ref())
            .map_err(|error| anyhow!("{} to {}: {}: {error}", self.old.display(), self.new.display(), error.code()))?;
        let in_place = applied(&old, &new, &bytes).map_err(|error| anyhow!("{}: {error}", error.code()))?;
        pack::write(&self.output, &bytes).with_context(|| self.output.display().to_string())?;
        let how = if in_place { "applied in place" } else { "the device makes the whole file anew" };
        let share = 100.0 * bytes.len() as f64 / new.len() as f64;
        println!("{}: {} bytes, {share:.1}% of the whole, {how}", self.output.display(), bytes.len());
        Ok(())
    }
}

/// Applies the delta as a device does and compares; whether columns could be replaced in place.
fn applied(old: &[u8], new: &[u8], bytes: &[u8]) -> Result<bool, SnapshotError> {
    let opened = |bytes: &[u8]| open(regulars::domain::AlignedBytes::copy_of(bytes), &OpenOptions::new(&NativeRegex));
    let delta = Delta::read(bytes, &[], None)?;
    let mut snapshot = opened(old)?;
    let in_place = apply(&mut snapshot, &delta, i64::MIN)?;
    let made = if in_place { snapshot.to_bytes() } else { Some(patched(old, &delta)?) };
    opened(new)?;
    if made.is_some_and(|made| made.as_slice() == new) { Ok(in_place) } else { Err(SnapshotError::DeltaMismatch) }
}
