//! Files to values, keys and snapshots; errors name the file and the place in it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use ed25519_dalek::SigningKey;
use regulars::domain::{AlignedBytes, Value, from_cbor};
use regulars::snapshot::{OpenOptions, Snapshot, is_binary, open, open_json};

/// The bytes of a file; `-` is standard input.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).context("standard input")?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| path.display().to_string())
}

/// JSON, or CBOR where the name ends in `.cbor`.
pub fn value(path: &Path) -> Result<Value> {
    let bytes = bytes(path)?;
    if path.extension().is_some_and(|extension| extension == "cbor") {
        return from_cbor(&bytes).map_err(|error| anyhow!("{}: {error}", path.display()));
    }
    json(&bytes, path)
}

/// JSON text; a syntax error tells line and column.
pub fn json(bytes: &[u8], path: &Path) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        anyhow!("{}:{line}:{column}: {message}", path.display())
    })
}

/// A snapshot in either form.
pub fn snapshot(path: &Path, options: &OpenOptions<'_>) -> Result<(Snapshot, Vec<u8>)> {
    let bytes = bytes(path)?;
    let opened = if is_binary(&bytes) { open(AlignedBytes::copy_of(&bytes), options) } else { open_json(&json(&bytes, path)?, options) };
    let snapshot = opened.map_err(|error| anyhow!("{}: {}: {error}", path.display(), error.code()))?;
    Ok((snapshot, bytes))
}

/// A public key: 32 bytes, or their 64 hexadecimal digits.
pub fn public_key(path: &Path) -> Result<Vec<u8>> {
    Ok(key_bytes(path)?.to_vec())
}

/// A private key as `keygen` writes it.
pub fn private_key(path: &Path) -> Result<SigningKey> {
    Ok(SigningKey::from_bytes(&key_bytes(path)?))
}

fn key_bytes(path: &Path) -> Result<[u8; 32]> {
    let bytes = bytes(path)?;
    if let Ok(raw) = bytes.as_slice().try_into() {
        return Ok(raw);
    }
    let text = std::str::from_utf8(&bytes).ok().map(str::trim).filter(|text| text.len() == 64 && text.is_ascii());
    let Some(text) = text else { bail!("{}: a key is 32 bytes or 64 hexadecimal digits", path.display()) };
    let mut key = [0; 32];
    for (place, slot) in key.iter_mut().enumerate() {
        *slot = text
            .get(2 * place..2 * place + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .ok_or_else(|| anyhow!("{}: digit {} is not hexadecimal", path.display(), 2 * place + 1))?;
    }
    Ok(key)
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
