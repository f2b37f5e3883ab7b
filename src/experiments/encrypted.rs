//! Payloads that are served encrypted.

use alloc::string::String;
use alloc::vec::Vec;

use crate::domain::Listed;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Block};

/// Decrypts what GrowthBook serves as `encryptedFeatures`, `encryptedExperiments`, `encryptedSavedGroups` or
/// `encryptedContextualBandits`: initialisation vector and AES-128-CBC ciphertext, each in Base64, with a dot between.
/// The text it gives is JSON to be read next. `None` where the key is not the right one or the text is damaged, as far as
/// that shows: the cipher has no authentication.
pub fn decrypt(text: &str, key: &str) -> Option<String> {
    let mut parts = text.split('.');
    let (vector, cipher) = (base64(parts.next()?)?, base64(parts.next()?)?);
    let plain = opened(&Aes128::new_from_slice(&base64(key)?).ok()?, vector.try_into().ok()?, &cipher)?;
    Some(String::from_utf8_lossy(plain.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&plain)).into_owned())
}

/// Undoes cipher block chaining and its padding: block by block, since the cipher's code for many at once is as large again.
fn opened(aes: &Aes128, vector: [u8; 16], cipher: &[u8]) -> Option<Vec<u8>> {
    let (blocks, rest) = cipher.as_chunks::<16>();
    let (mut plain, mut before) = (Vec::with_capacity(cipher.len()), vector);
    for bytes in blocks {
        let mut block = Block::from(*bytes);
        aes.decrypt_block(&mut block);
        for (byte, before) in block.iter().zip(before) {
            plain.push(byte ^ before);
        }
        before = *bytes;
    }
    let padding = *plain.last().filter(|padding| rest.is_empty() && (1..=16).contains(*padding))?;
    let kept = plain.len().checked_sub(padding.into())?;
    if plain.get(kept..)?.iter().any(|byte| *byte != padding) {
        return None;
    }
    plain.truncate(kept);
    Some(plain)
}

/// Reads Base64 as `atob` does: white space doesn't count, and padding may be missing but not wrong.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).listed();
    if digits.len().is_multiple_of(4) {
        let padding = digits.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
        digits.truncate(digits.len().saturating_sub(padding));
    }
    if digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for digit in digits {
        bits = (bits << 6 | u32::from(value_of(digit)?)) & 0xffff;
        count = count.saturating_add(6);
        if count >= 8 {
            count = count.saturating_sub(8);
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u8> {
    let place = |first: u8, offset: u8| digit.checked_sub(first).and_then(|place| place.checked_add(offset));
    match digit {
        b'A'..=b'Z' => place(b'A', 0),
        b'a'..=b'z' => place(b'a', 26),
        b'0'..=b'9' => place(b'0', 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_base64_is_refused() {
        for text in ["A", "AAAAA", "A===", "AA=A", "AA*A", "AAA==", "="] {
            assert_eq!(base64(text), None, "{text}");
        }
    }

    #[test]
    fn base64_is_read() {
        let read = |text| base64(text).and_then(|bytes| String::from_utf8(bytes).ok());
        for (text, expected) in [("", ""), ("aGk=", "hi"), ("aGk", "hi"), (" a G\nk = ", "hi"), ("aGlo", "hih"), ("aA==", "h")] {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
    }
}
