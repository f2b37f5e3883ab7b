//! What is loaded, saved and restored.

use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::error::error;
use super::{Engine, answer, clock, input};

#[wasm_bindgen]
impl Engine {
    /// Takes a member profile: an object, or UTF-8 JSON. All or nothing: on error the profile before it stays in use.
    #[wasm_bindgen(js_name = loadMember, unchecked_return_type = "SnapshotInfo")]
    pub fn load_member(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer | object")] profile: JsValue,
    ) -> Result<JsValue, JsValue> {
        let profile = match input::bytes(&profile) {
            Some(bytes) => input::json(bytes.as_slice(), "malformed-member"),
            None => input::value(&profile, "malformed-member"),
        }?;
        let info = self.step(|engine| engine.load_member(&profile, clock::milliseconds()))?;
        answer::object(&info)
    }

    /// What this device knows (events, settings), as bytes for `restoreState`.
    #[wasm_bindgen(js_name = saveState)]
    pub fn save_state(&self) -> Result<Vec<u8>, JsValue> {
        self.step(|engine| Ok(engine.save_state()))
    }

    /// Takes back what `saveState` gave. Events tracked before the call are kept behind the restored ones.
    #[wasm_bindgen(js_name = restoreState)]
    pub fn restore_state(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array | ArrayBuffer")] bytes: JsValue) -> Result<(), JsValue> {
        let bytes = input::bytes(&bytes).ok_or_else(|| error("malformed-state", "the state must be bytes, as `saveState` gave them"))?;
        self.step(|engine| engine.restore_state(bytes.as_slice()))
    }
}
