//! The binary container: a signed header, then named columns and documents.
//!
//! The body is FlatBuffers (`snapshot.fbs`), so that servers in other languages can write it, and is verified before
//! anything in it is used. Columns are read in place.

#[allow(unsafe_code, missing_docs, deprecated, mismatched_lifetime_syntaxes, clippy::all, clippy::restriction, clippy::pedantic)]
#[rustfmt::skip]
mod generated; // by flatc: every access stands behind the verifier
mod header;
mod number;
mod read;
mod signature;
#[cfg(not(target_arch = "wasm32"))]
mod write;

pub use header::{Header, Kind, LENGTH, NEVER, is_binary};
pub use number::Number;
pub use read::{Container, StoredColumn, StoredDocument};
pub use signature::{HostCheck, PublicKey, check, digest, key_id, verify};
#[cfg(not(target_arch = "wasm32"))]
pub use write::{Envelope, Writer, sealed};

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::{AlignedBytes, StringColumn, Value};

    fn written(fill: impl Fn(&mut Writer)) -> Container {
        let mut writer = Writer::default();
        fill(&mut writer);
        let bytes = writer.finish(Envelope { version: 1, issued_at: 0, expires_at: None }, None);
        Header::read(&bytes).unwrap();
        Container::open(Rc::new(AlignedBytes::copy_of(&bytes))).unwrap()
    }

    #[test]
    fn unsound_columns_are_refused_by_name() {
        let container = written(|writer| {
            writer.column("ends", &[2_u32, 1]);
            writer.column("wild.ends", &[2_u32, 1]);
            writer.column("wild.text", b"ab");
            writer.column("cut.ends", &[1_u32, 3]);
            writer.column("cut.text", "aé".as_bytes());
            writer.column("split.ends", &[2_u32, 3]);
            writer.column("split.text", "aé".as_bytes());
            writer.column("nan", &[1.0_f32, f32::NAN]);
            writer.column("terms", &[0_u32, 3, u32::MAX]);
        });
        assert!(container.column::<i32>("ends").is_err(), "another kind");
        assert!(container.column_of::<u32>("ends", 3).is_err(), "another length");
        assert!(container.texts("wild").is_err());
        assert!(container.texts("cut").is_ok());
        assert!(container.texts("split").unwrap().iter().all(str::is_empty), "no texts");
        assert_eq!(container.column::<f32>("nan").unwrap_err().path(), Some("nan"));
        assert!(container.places("terms", 3, 3).is_err());
        assert!(container.places("terms", 3, 4).is_ok());
        assert!(container.column::<u32>("absent").unwrap().is_empty());
        assert_eq!(container.document("absent"), Ok(Value::Null));
    }

    #[test]
    fn columns_are_aligned_and_survive_a_round_trip() {
        let texts = StringColumn::owned(["", "牛奶", "b"]);
        let container = written(|writer| {
            for length in 1..70 {
                writer.column(&alloc::format!("c{length}"), &alloc::vec![length as u8; length]);
            }
            writer.column("money", &[i64::MIN, 7]);
            writer.texts("texts", &texts);
            writer.document("d", &Value::Array(alloc::vec![Value::Null, 2.5.into()])).unwrap();
        });
        for length in 1..70_usize {
            let column = container.column::<u8>(&alloc::format!("c{length}")).unwrap();
            assert_eq!(column.as_slice(), alloc::vec![length as u8; length]);
            assert_eq!(column.as_slice().as_ptr() as usize % 16, 0);
        }
        assert_eq!(container.column::<i64>("money").unwrap().as_slice(), [i64::MIN, 7]);
        assert_eq!(container.texts("texts").unwrap().iter().collect::<Vec<_>>(), ["", "牛奶", "b"]);
        assert_eq!(container.document("d"), Ok(Value::Array(alloc::vec![Value::Null, 2.5.into()])));
    }
}
