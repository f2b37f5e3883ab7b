//! Taking a catalog snapshot, and what answers are made with.

use alloc::rc::Rc;

use super::features::FeatureBook;
use super::{Engine, EngineError, Facts, SnapshotInfo};
use crate::domain::{AlignedBytes, Member, Value, Zone};
use crate::rules::{AttributeTable, Attributes, Segments};
use crate::snapshot::{OpenOptions, PublicKey, Snapshot, SnapshotError, open, open_json};

/// A catalog snapshot as the host has it.
pub enum CatalogSource<'a> {
    /// The binary container.
    Binary(AlignedBytes),
    /// The JSON form, parsed by the host.
    Json(&'a Value),
}

impl Engine {
    /// Takes a catalog snapshot. All or nothing: on error the snapshot before it stays in use. A version below the
    /// newest seen of the same shop is refused, and so is a snapshot for another shop than the member's profile.
    ///
    /// # Errors
    /// Those of [`SnapshotError`].
    pub fn load_catalog(&mut self, source: CatalogSource<'_>, keys: &[PublicKey], now: i64) -> Result<SnapshotInfo, EngineError> {
        let expected = self.profile.as_ref().and_then(|profile| profile.head.shop.as_deref());
        let options = OpenOptions { public_keys: keys, now: Some(now), expected_shop: expected, ..OpenOptions::new(&*self.regex) };
        let snapshot = match source {
            CatalogSource::Binary(bytes) => open(bytes, &options)?,
            CatalogSource::Json(value) => open_json(value, &options)?,
        };
        let info = &snapshot.info;
        if let Some((shop, in_use)) = &self.newest
            && *shop == info.shop
            && info.version < *in_use
        {
            return Err(SnapshotError::Older { found: info.version, in_use: *in_use }.into());
        }
        let (book, wrong_features) = FeatureBook::compile(&snapshot.features, &*self.regex);
        let answer = SnapshotInfo {
            id: info.id.clone(),
            version: info.version,
            issued_at: info.issued_at,
            expires_at: info.expires_at,
            items: u32::try_from(snapshot.catalog.len()).ok(),
            offers: u32::try_from(snapshot.offers.offers.len()).ok(),
            currency: Some(info.currency.clone()),
            zone: Some(info.zone.name.clone()),
            locales: info.locales.clone(),
            warnings: info.warnings.iter().cloned().chain(wrong_features).collect(),
        };
        self.newest = Some((info.shop.clone(), info.version));
        if !snapshot.features.is_null() {
            self.features = Some(Rc::new(book));
        }
        self.snapshot = Some(Rc::new(snapshot));
        self.refresh_member();
        Ok(answer)
    }

    /// The snapshot in use.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn snapshot(&self) -> Result<Rc<Snapshot>, EngineError> {
        self.snapshot.clone().ok_or_else(EngineError::no_catalog)
    }

    /// The whole member with what happened on this device, for the facts of the contract only (tier, points, limits).
    ///
    /// # Errors
    /// `no-member`.
    pub fn member(&self) -> Result<Rc<Member>, EngineError> {
        if self.profile.is_none() {
            return Err(EngineError::no_member());
        }
        Ok(self.member.clone())
    }

    /// The member as personal answers may see it; nobody before one is loaded.
    pub fn visible_member(&self) -> Rc<Member> {
        self.visible.clone()
    }

    /// Whether the member allows personalisation.
    pub fn is_personalised(&self) -> bool {
        self.device.privacy.personalised
    }

    /// The attributes that rules read for an answer at `now`. Items' are not among them.
    pub(super) fn attributes(&self, snapshot: &Snapshot, now: i64, surroundings: Surroundings<'_>) -> Attributes<'static> {
        self.attributes_of(&snapshot.attributes, Some(snapshot), now, surroundings)
    }

    /// The same for the names of another table than the snapshot's; in UTC and without segments where there is none.
    pub(super) fn attributes_of(
        &self,
        table: &AttributeTable,
        snapshot: Option<&Snapshot>,
        now: i64,
        surroundings: Surroundings<'_>,
    ) -> Attributes<'static> {
        let (no_segments, utc) = (Segments::default(), Zone::default());
        let days = snapshot.map(|snapshot| self.days_on(snapshot, now)).unwrap_or_default();
        let facts = Facts {
            table,
            segments: snapshot.map_or(&no_segments, |snapshot| &snapshot.segments),
            zone: snapshot.map_or(&utc, |snapshot| &snapshot.info.zone),
            now,
            member: &self.member,
            visible: &self.visible,
            personalised: self.is_personalised(),
            tier: None,
            days: &days,
            context: surroundings.context.unwrap_or(&Value::Null),
            store: surroundings.store,
            channel: surroundings.channel,
        };
        // Tiers may have conditions of their own, so the tier is found first, from everything else.
        let before = facts.attributes();
        let tier = match snapshot {
            Some(snapshot) => self.tier_now(snapshot, &before, now),
            None => self.member.tier.as_ref().map(|tier| tier.id.clone()),
        };
        match tier {
            Some(tier) => Facts { tier: Some(&tier), ..facts }.attributes(),
            None => before,
        }
    }
}

/// What a request says of where the member is.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings<'a> {
    pub context: Option<&'a Value>,
    pub store: Option<&'a str>,
    pub channel: Option<&'a str>,
}

impl From<SnapshotError> for EngineError {
    fn from(error: SnapshotError) -> Self {
        match &error {
            SnapshotError::Json(inner) => EngineError::of_value(error.code(), inner),
            _ => EngineError::new(error.code(), &alloc::string::ToString::to_string(&error)),
        }
    }
}
