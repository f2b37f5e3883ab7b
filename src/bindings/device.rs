//! What happens on this device: events, privacy, the clock.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::engine::{MALFORMED, read, text};
use super::error::error;
use super::{Engine, answer, input};
use crate::domain::read_fields;

#[wasm_bindgen]
impl Engine {
    /// What happened on this device: changes the next answers at once, and waits in the outbox for the server.
    /// `at` defaults to the engine's clock. An event whose `id` came before under the same `type` counts once.
    pub fn track(&self, #[wasm_bindgen(unchecked_param_type = "NewEvent")] event: JsValue) -> Result<(), JsValue> {
        let event = input::value(&event, "malformed-request")?;
        self.note(|engine| engine.note(event, self.milliseconds()))
    }

    /// The next batch of at most `limit` events (100 where absent) for the server; empty where nothing waits. Tell what
    /// became of it with `confirmEvents` or `returnEvents`.
    #[wasm_bindgen(js_name = drainEvents, unchecked_return_type = "EventBatch")]
    pub fn drain_events(&self, limit: Option<u32>) -> Result<JsValue, JsValue> {
        let limit = usize::try_from(limit.unwrap_or(100)).unwrap_or(100);
        let batch = self.note(|engine| Ok(engine.drain_events(limit)))?;
        answer::object(&batch)
    }

    /// The server did not take this batch: it is the next to be drained, unchanged.
    #[wasm_bindgen(js_name = returnEvents)]
    pub fn return_events(&self, #[wasm_bindgen(unchecked_param_type = "EventBatch")] batch: JsValue) -> Result<(), JsValue> {
        let id = batch_id(&batch)?;
        self.note(|engine| {
            engine.return_events(&id);
            Ok(())
        })
    }

    /// The server took this batch.
    #[wasm_bindgen(js_name = confirmEvents)]
    pub fn confirm_events(&self, #[wasm_bindgen(unchecked_param_type = "EventBatch")] batch: JsValue) -> Result<(), JsValue> {
        let id = batch_id(&batch)?;
        self.note(|engine| {
            engine.confirm_events(&id);
            Ok(())
        })
    }

    /// While `peek` is `true` answers are only looked at: nothing counts as exposure, no arm of an experiment or slot is kept.
    #[wasm_bindgen(js_name = setPeek)]
    pub fn set_peek(&self, #[wasm_bindgen(unchecked_param_type = "boolean")] peek: JsValue) -> Result<(), JsValue> {
        let peek = peek.as_bool().ok_or_else(|| error(MALFORMED, "`peek` is true or false"))?;
        self.note(|engine| {
            engine.set_peek(peek);
            Ok(())
        })
    }

    /// How many events wait for the server.
    #[wasm_bindgen(js_name = eventsWaiting)]
    pub fn events_waiting(&self) -> Result<u32, JsValue> {
        self.note(|engine| Ok(u32::try_from(engine.events_waiting()).unwrap_or(u32::MAX)))
    }

    /// Effective at once: with `personalised: false` no answer reads the member's traits, tags or history. What is
    /// absent stays as it was.
    #[wasm_bindgen(js_name = setPrivacy)]
    pub fn set_privacy(&self, #[wasm_bindgen(unchecked_param_type = "PrivacySettings")] settings: JsValue) -> Result<(), JsValue> {
        let settings = read(&settings)?;
        self.step(|engine| engine.set_privacy(&settings))
    }

    /// Deletes a tag on this device: no answer uses it from now on, also when the server sends it again.
    #[wasm_bindgen(js_name = forgetTag)]
    pub fn forget_tag(&self, #[wasm_bindgen(unchecked_param_type = "string")] tag: JsValue) -> Result<(), JsValue> {
        let tag = text(&tag, "the tag")?;
        self.step(|engine| {
            engine.forget_tag(&tag);
            Ok(())
        })
    }

    /// The server's time, in milliseconds since 1970, just now: from here on the engine's clock runs by it. Where
    /// a request gives no `now`, it is for this clock's time. `false`, and without effect, where it is more than a week
    /// from the device's clock, or a day before the snapshot in use was signed.
    #[wasm_bindgen(js_name = observeServerTime)]
    pub fn observe_server_time(&self, milliseconds: f64) -> Result<bool, JsValue> {
        #[allow(clippy::cast_possible_truncation)] // saturates; a nonsensical time is refused
        let server = milliseconds as i64;
        self.step(|engine| Ok(engine.observe_server_time(server, self.milliseconds())))
    }

    /// The engine's clock, in milliseconds since 1970: the device's, corrected by the server's.
    pub fn now(&self) -> Result<f64, JsValue> {
        #[allow(clippy::cast_precision_loss)] // far below 2^53
        self.step(|engine| Ok(engine.now(None, self.milliseconds()) as f64))
    }

    /// Events lost for want of room that no batch has told yet.
    #[wasm_bindgen(js_name = eventsDropped)]
    pub fn events_dropped(&self) -> Result<u32, JsValue> {
        self.note(|engine| Ok(u32::try_from(engine.device().outbox.dropped()).unwrap_or(u32::MAX)))
    }
}

fn batch_id(batch: &JsValue) -> Result<String, JsValue> {
    #[derive(Default)]
    struct Named {
        id: String,
    }
    read_fields!(Named: id(required));
    read::<Named>(batch).map(|batch| batch.id)
}
