//! Taking a catalog snapshot, and what answers are made with.

use alloc::rc::Rc;
use alloc::string::String;

use super::affinity::{Affinities, for_rules};
use super::features::FeaturesInUse;
use super::kept::{Kept, Stood};
use super::seen::Seen;
use super::{Engine, EngineError, Facts, SnapshotInfo};
use crate::domain::{AlignedBytes, Member, Value, Zone};
use crate::loyalty::MemberView;
use crate::rules::{AttributeTable, Attributes, Segments};
use crate::snapshot::delta::{self, Delta};
use crate::snapshot::{HostCheck, Info, OpenOptions, Part, PublicKey, Snapshot, SnapshotError, open, open_json};

/// A catalog snapshot as the host has it.
pub enum CatalogSource<'a> {
    /// The binary container.
    Binary(AlignedBytes),
    /// The JSON form, parsed by the host.
    Json(&'a Value),
}

/// What a catalog or delta is taken with.
#[derive(Clone, Copy, Debug, Default)]
pub struct CatalogOptions<'a> {
    /// Keys of which one must have signed it; where there is none, signatures are not checked.
    pub keys: &'a [PublicKey],
    /// The instant, in milliseconds since 1970: what has expired by then is refused.
    pub now: i64,
    /// The shop it must be for; where absent, the member's, and else any.
    pub shop: Option<&'a str>,
    /// The version that it must have at least.
    pub at_least: Option<u64>,
    /// What the host has already checked.
    pub host_check: Option<HostCheck>,
    /// Whether what lists of items don't need is compiled when it is first asked for: the first list is there sooner, and
    /// what is left out of the rest is told by [`Engine::catalog_info`].
    pub later: bool,
}

impl Engine {
    /// As [`Engine::load_catalog_with`], with keys and the instant only.
    ///
    /// # Errors
    /// Those of [`SnapshotError`].
    pub fn load_catalog(&mut self, source: CatalogSource<'_>, keys: &[PublicKey], now: i64) -> Result<SnapshotInfo, EngineError> {
        self.load_catalog_with(source, &CatalogOptions { keys, now, ..CatalogOptions::default() })
    }

    /// Takes a catalog snapshot. All or nothing: on error the snapshot before it stays in use. A version below the
    /// newest seen of the same shop is refused, and so is a snapshot for another shop than the one asked for or the
    /// member's.
    ///
    /// # Errors
    /// Those of [`SnapshotError`].
    pub fn load_catalog_with(&mut self, source: CatalogSource<'_>, options: &CatalogOptions<'_>) -> Result<SnapshotInfo, EngineError> {
        let of_member = || self.profile.as_ref().and_then(|profile| profile.head.shop.as_deref());
        let open_options = OpenOptions {
            public_keys: options.keys,
            now: Some(options.now),
            newest_version_in_use: options.at_least,
            expected_shop: options.shop.or_else(of_member),
            host_check: options.host_check,
            later: options.later.then_some(&self.regex),
            ..OpenOptions::new(&*self.regex)
        };
        let snapshot = match source {
            CatalogSource::Binary(bytes) => open(bytes, &open_options)?,
            CatalogSource::Json(value) if cfg!(feature = "catalog-json") => open_json(value, &open_options)?,
            CatalogSource::Json(_) => return Err(SnapshotError::Malformed(Part::Magic).into()),
        };
        let info = &snapshot.info;
        if let Some((shop, in_use)) = &self.newest
            && *shop == info.shop
            && info.version < *in_use
        {
            return Err(SnapshotError::Older { found: info.version, in_use: *in_use }.into());
        }
        let mut answer = info_of(&snapshot);
        if cfg!(feature = "experiments") && !snapshot.features.is_null() {
            let features = FeaturesInUse::of(snapshot.features.clone());
            if !options.later {
                answer.warnings.extend_from_slice(features.warnings(&*self.regex));
            }
            self.features = Some(features);
            self.bound = None;
        }
        self.keys = options.keys.to_vec();
        self.taken(&snapshot.info);
        self.snapshot = Some(Rc::new(snapshot));
        self.refresh_member();
        Ok(answer)
    }

    /// Changes the catalog in use by what is new. All or nothing: on error the catalog stays as it was. Where the
    /// catalog had to be signed, the delta has to be by the same keys, or by those in the options.
    ///
    /// # Errors
    /// `no-catalog`; `delta-gap`, `delta-mismatch`, `malformed-delta`: fetch the whole snapshot; those of
    /// [`SnapshotError`].
    pub fn apply_delta(&mut self, bytes: &[u8], options: &CatalogOptions<'_>) -> Result<SnapshotInfo, EngineError> {
        if !cfg!(feature = "deltas") {
            return Err(SnapshotError::MalformedDelta.into());
        }
        let mut snapshot = self.snapshot.take().ok_or_else(EngineError::no_catalog)?;
        let known = core::mem::take(&mut self.keys);
        let keys = if options.keys.is_empty() { &known } else { options.keys };
        // Nobody else holds the snapshot between two calls; where somebody does, the long way is as right.
        let quick = Delta::read(bytes, keys, options.host_check).and_then(|delta| {
            self.recommender.let_go();
            self.kept = Kept::default();
            let done = match Rc::get_mut(&mut snapshot) {
                Some(snapshot) => delta::apply(snapshot, &delta, options.now)?,
                None => false,
            };
            Ok(if done { None } else { Some(delta) })
        });
        let outcome = match quick {
            Ok(None) => {
                self.taken(&snapshot.info);
                self.snapshot = Some(snapshot.clone());
                Ok(info_of(&snapshot))
            }
            Ok(Some(delta)) => self.rebuild(&snapshot, &delta, &CatalogOptions { keys, host_check: None, ..*options }),
            Err(error) => Err(error.into()),
        };
        self.snapshot.get_or_insert(snapshot);
        self.keys = known;
        outcome
    }

    fn rebuild(&mut self, snapshot: &Snapshot, delta: &Delta<'_>, options: &CatalogOptions<'_>) -> Result<SnapshotInfo, EngineError> {
        snapshot.source.as_ref().filter(|source| *source.digest() == delta.base).ok_or(SnapshotError::DeltaGap)?;
        let old = snapshot.to_bytes().ok_or(SnapshotError::DeltaGap)?;
        let shop = Some(snapshot.info.shop.as_str());
        let new = delta::patched(old.as_slice(), delta)?;
        self.load_catalog_with(CatalogSource::Binary(new), &CatalogOptions { shop, ..*options })
    }

    /// What the catalog in use says of itself, with all that was left out of it: what was to be compiled later is, if it is
    /// not yet.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn catalog_info(&self) -> Result<SnapshotInfo, EngineError> {
        let snapshot = self.snapshot()?;
        snapshot.programme();
        snapshot.texts();
        let mut info = info_of(&snapshot);
        if let Some(features) = self.features.as_ref().filter(|features| features.is_of(&snapshot.features)) {
            info.warnings.extend_from_slice(features.warnings(&*self.regex));
        }
        Ok(info)
    }

    /// The file of the catalog in use, deltas included: what `regulars pack` wrote for its version. `None` where it was
    /// taken as JSON.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn catalog_bytes(&self) -> Result<Option<AlignedBytes>, EngineError> {
        Ok(self.snapshot()?.to_bytes())
    }

    fn taken(&mut self, info: &Info) {
        self.newest = Some((info.shop.clone(), info.version));
        if !self.keys.is_empty() {
            self.not_before = self.not_before.max(info.issued_at);
        }
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
        let mut attributes = self.attributes_of(snapshot.attributes(), Some(snapshot), now, surroundings);
        self.set_features(snapshot, snapshot.attributes(), &mut attributes, now);
        attributes
    }

    /// The same for the names of another table than the snapshot's; in UTC and without segments where there is none.
    pub(super) fn attributes_of(
        &self,
        table: &AttributeTable,
        snapshot: Option<&Snapshot>,
        now: i64,
        surroundings: Surroundings<'_>,
    ) -> Attributes<'static> {
        match snapshot.filter(|snapshot| table.find("member.tier").is_some() && self.has_standing(snapshot)) {
            Some(snapshot) => {
                let view = self.view(Some(snapshot));
                let seen = Seen { snapshot, view: &view, now, horizon: now, kept: Some(&self.kept) };
                self.known_of(table, Some(snapshot), Some(seen), now, surroundings).0
            }
            None => self.known_of(table, snapshot, None, now, surroundings).0,
        }
    }

    /// The attributes for an answer at `now`, and the tier that the member holds: by the programme, or where there is none as
    /// the server confirmed it.
    pub(super) fn attributes_and_tier(
        &self,
        snapshot: &Snapshot,
        now: i64,
        surroundings: Surroundings<'_>,
    ) -> (Attributes<'static>, Option<String>) {
        if !self.has_standing(snapshot) {
            let attributes = self.attributes(snapshot, now, surroundings);
            return (attributes, self.member.tier.as_ref().map(|tier| tier.id.clone()));
        }
        let view = self.view(Some(snapshot));
        let seen = Seen { snapshot, view: &view, now, horizon: now, kept: Some(&self.kept) };
        let (attributes, stood) = self.standing_at(seen, surroundings);
        (attributes, Some(seen.tier_id(stood.standing.tier)))
    }

    /// The attributes for an answer about the member, where they stand, and the ledger of each wallet.
    pub(super) fn standing_at(&self, seen: Seen<'_>, surroundings: Surroundings<'_>) -> (Attributes<'static>, Rc<Stood>) {
        let snapshot = seen.snapshot;
        let (attributes, stood) = self.known_of(snapshot.attributes(), Some(snapshot), Some(seen), seen.now, surroundings);
        let stood = stood.unwrap_or_else(|| seen.standing(&attributes));
        (attributes, stood)
    }

    /// Whether the programme says where the member stands.
    fn has_standing(&self, snapshot: &Snapshot) -> bool {
        cfg!(feature = "loyalty") && self.profile.is_some() && !snapshot.programme().ladder.tiers.is_empty()
    }

    /// The attributes, with the tier that `seen` finds, where there is a programme to find one by.
    fn known_of(
        &self,
        table: &AttributeTable,
        snapshot: Option<&Snapshot>,
        seen: Option<Seen<'_>>,
        now: i64,
        surroundings: Surroundings<'_>,
    ) -> (Attributes<'static>, Option<Rc<Stood>>) {
        let (no_segments, utc) = (Segments::default(), Zone::default());
        let days = snapshot.filter(|_| cfg!(feature = "loyalty")).map(|snapshot| self.days_on(snapshot, now)).unwrap_or_default();
        let names = |paths: &[&str]| paths.iter().any(|path| table.find(path).is_some());
        let (ages, worths) =
            (names(&["member.ageDays", "member.ageMonths"]), names(&["member.lifecycle", "member.rfm", "member.churnRisk"]));
        let worths = worths && self.is_personalised() && self.profile.is_some();
        let zone = snapshot.map_or(&utc, |snapshot| &snapshot.info.zone);
        let (mut age, mut worth) = ((None, None), None);
        if cfg!(feature = "loyalty") && (ages || worths) {
            let made = seen.is_none().then(|| self.view(snapshot));
            let none = MemberView::default();
            let view = seen.map(|seen| seen.view).or(made.as_ref()).unwrap_or(&none);
            age = (view.age_days(zone, now), view.age_months(zone, now));
            let programme = snapshot.map(|snapshot| snapshot.programme()).filter(|_| worths);
            worth = programme.map(|programme| (programme.lifecycle.stage(view, zone, now).name(), programme.value.worth(view, zone, now)));
        }
        let tastes = names(&["member.topCategories", "member.topBrands", "member.priceBand"]) && self.is_personalised();
        let tastes = snapshot.filter(|_| tastes).map(|snapshot| for_rules(&Affinities::of(&snapshot.catalog, &self.visible, now)));
        let facts = Facts {
            table,
            segments: snapshot.map_or(&no_segments, |snapshot| snapshot.segments()),
            zone,
            now,
            member: &self.member,
            visible: &self.visible,
            personalised: self.is_personalised(),
            tier: None,
            past: self.kept.past(&self.member, now),
            days: &days,
            age,
            worth: worth.as_ref(),
            tastes: tastes.as_ref(),
            tag_rules: snapshot.map_or(&[], |snapshot| &snapshot.programme().tags),
            forgotten: &self.device.forgotten,
            context: surroundings.context.unwrap_or(&Value::Null),
            store: surroundings.store,
            channel: surroundings.channel,
        };
        let Some(seen) = seen.filter(|seen| self.has_standing(seen.snapshot)) else {
            let confirmed = self.member.tier.as_ref().map(|tier| tier.id.as_str());
            return (Facts { tier: confirmed, ..facts }.attributes(), None);
        };
        // Tiers may have conditions of their own, so the tier is found first, from everything else.
        let ladder = &seen.snapshot.programme().ladder;
        let asks = ladder.tiers.iter().any(|tier| !tier.when.is_empty());
        let before = if asks { facts.attributes() } else { Attributes::default() };
        let stood = seen.standing(&before);
        let attributes = Facts { tier: Some(ladder.id(stood.standing.tier)), ..facts }.attributes();
        (attributes, Some(stood))
    }
}

/// What a request says of where the member is.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings<'a> {
    pub context: Option<&'a Value>,
    pub store: Option<&'a str>,
    pub channel: Option<&'a str>,
}

fn info_of(snapshot: &Snapshot) -> SnapshotInfo {
    let info = &snapshot.info;
    SnapshotInfo {
        id: info.id.clone(),
        version: info.version,
        issued_at: info.issued_at,
        expires_at: info.expires_at,
        shop: Some(info.shop.clone()),
        items: u32::try_from(snapshot.catalog.len()).ok(),
        offers: u32::try_from(snapshot.offer_count()).ok(),
        currency: Some(info.currency.clone()),
        zone: Some(info.zone.name.clone()),
        locales: info.locales.clone(),
        warnings: snapshot.warnings(),
    }
}

impl From<SnapshotError> for EngineError {
    fn from(error: SnapshotError) -> Self {
        match &error {
            SnapshotError::Json(inner) => EngineError::of_value(error.code(), inner),
            _ => EngineError::new(error.code(), &error.message()),
        }
    }
}
