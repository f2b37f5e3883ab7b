//! `returns`: giving back a part of an order.

use alloc::vec::Vec;

use serde::Serialize;

use super::cart::CartRequest;
use super::quote::reasons_of;
use super::{CartLine, Engine, EngineError, ShippingLine};
use crate::domain::{Listed, Value, read_fields};
use crate::offers::{Quote, Refund, Return, kept_quantities, returns};

/// Asks what giving back a part of an order comes to.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReturnsRequest {
    /// The order, as `quote` or an earlier `returns` answered it.
    pub order: Quote,
    /// What is given back.
    pub lines: Vec<ReturnedLine>,
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
}

read_fields!(ReturnsRequest: order, lines, now);

/// Pieces of a line given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ReturnedLine {
    /// The line's place in the order, from 0.
    pub line: u32,
    /// Pieces.
    pub quantity: u32,
}

read_fields!(ReturnedLine: line, quantity);

impl Engine {
    /// What giving back `request.lines` of an order comes to, as the programme says: what is left keeps its discounts, or
    /// is priced anew.
    ///
    /// # Errors
    ///
    /// `no-catalog`.
    pub fn returns(&self, request: &ReturnsRequest, clock: i64) -> Result<Refund, EngineError> {
        let snapshot = self.snapshot()?;
        let now = self.now(request.now, clock);
        let order = &request.order;
        let back: Vec<Return> = request.lines.iter().map(|line| Return { line: line.line as usize, quantity: line.quantity }).listed();
        let (quantities, _) = kept_quantities(order, &back);
        let left = order.lines.iter().zip(&quantities);
        let lines: Vec<CartLine> = left
            .map(|(line, quantity)| CartLine {
                item: line.item.clone(),
                quantity: *quantity,
                unit_price: Some(line.unit_price),
                attributes: Value::Null,
            })
            .listed();
        let methods = order.shipping.iter();
        let shipping: Vec<ShippingLine> =
            methods.map(|method| ShippingLine { method: method.method.clone(), price: method.price, tax: None }).listed();
        let cart = CartRequest { lines: &lines, shipping: &shipping, ..CartRequest::default() };
        let (mut refund, _) = self.with_cart(&snapshot, cart, now, |input| returns(snapshot.offers(), order, &back, input));
        self.put_into_words(refund.reasons.iter_mut().chain(reasons_of(&mut refund.remaining)));
        Ok(refund)
    }
}
