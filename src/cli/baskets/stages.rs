//! Finished stages of a training, kept in the output directory until it is done: after an interruption it goes on from there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a stage found, and what it said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Its outcome.
    pub bytes: Vec<u8>,
    /// Its lines.
    pub said: Vec<String>,
}

/// The stages of one training: of one input, under one setting, by one program.
pub struct Stages {
    folder: PathBuf,
}

impl Stages {
    /// Those kept in `out` for a training of `input`. What other trainings left there is removed.
    ///
    /// # Errors
    /// The folder can't be written.
    pub fn open(out: &Path, input: &[&[u8]]) -> Result<Self> {
        let program = std::env::current_exe().and_then(fs::read).context("this program's file")?;
        let mut digest = Sha256::new();
        for part in input.iter().copied().chain([&program[..]]) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let name: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let all = out.join(FOLDER);
        let folder = all.join(&name);
        if let Ok(known) = fs::read_dir(&all) {
            for other in known.flatten().filter(|other| other.file_name() != name.as_str()) {
                fs::remove_dir_all(other.path()).with_context(|| other.path().display().to_string())?;
            }
        }
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Stages { folder })
    }

    /// What stage `name` found: before, or now by `make`.
    ///
    /// # Errors
    /// The outcome can't be kept.
    pub fn once(&self, name: &str, make: impl FnOnce() -> Found) -> Result<Found> {
        let path = self.folder.join(name);
        match fs::read(&path) {
            Ok(kept) => {
                if let Ok(found) = minicbor_serde::from_slice(&kept) {
                    return Ok(found);
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        let found = make();
        // Written beside and renamed, so that a file that is there is whole.
        let beside = self.folder.join("writing");
        fs::write(&beside, minicbor_serde::to_vec(&found)?).with_context(|| beside.display().to_string())?;
        fs::rename(&beside, &path).with_context(|| path.display().to_string())?;
        Ok(found)
    }

    /// Removes what was kept.
    ///
    /// # Errors
    /// It can't be removed.
    pub fn finish(self) -> Result<()> {
        let all = self.folder.parent().unwrap_or(&self.folder);
        fs::remove_dir_all(all).with_context(|| all.display().to_string())
    }
}

const FOLDER: &str = ".unfinished";

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Found {
        Found { bytes: vec![0, 255], said: vec![text.into()] }
    }

    #[test]
    fn a_finished_stage_is_taken_up_and_another_input_starts_anew() {
        let out = std::env::temp_dir().join(format!("stages-{}", std::process::id()));
        let stages = Stages::open(&out, &[b"one", b"two"]).unwrap();
        assert_eq!(stages.once("weights", || found("first")).unwrap(), found("first"));
        let again = Stages::open(&out, &[b"one", b"two"]).unwrap();
        assert_eq!(again.once("weights", || panic!()).unwrap(), found("first"));
        let torn = again.folder.join("weights");
        fs::write(&torn, b"torn").unwrap();
        assert_eq!(again.once("weights", || found("second")).unwrap(), found("second"));
        let other = Stages::open(&out, &[b"onetwo"]).unwrap();
        assert!(!torn.exists());
        assert_eq!(other.once("weights", || found("third")).unwrap(), found("third"));
        other.finish().unwrap();
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
        fs::remove_dir(&out).unwrap();
    }
}
