//! What is known of the member, for the member.

use wasm_bindgen::prelude::*;

use super::{Engine, answer};

#[wasm_bindgen]
impl Engine {
    /// The member's tags in use, each with what reads it; none without personalisation.
    #[wasm_bindgen(unchecked_return_type = "MemberTag[]")]
    pub fn tags(&self) -> Result<JsValue, JsValue> {
        let tags = self.step(|engine| Ok(engine.tags(self.milliseconds())))?;
        answer::object(&tags)
    }

    /// Everything about the member on this device, for the member to see and take along.
    #[wasm_bindgen(js_name = exportData, unchecked_return_type = "object")]
    pub fn export_data(&self) -> Result<JsValue, JsValue> {
        // Serialised while borrowed: the answer borrows from the engine, and making plain objects calls nobody.
        self.step(|engine| Ok(answer::object(&engine.export_data(self.milliseconds()))))?
    }
}
