//! Columns of plain numbers, read in place from a snapshot's bytes or owned.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};
use core::cmp::Ordering;
use core::marker::PhantomData;

use bytemuck::Pod;

/// Bytes whose first lies on a 16-byte boundary, so that columns inside can be read in place and by SIMD loads.
#[derive(Clone, Debug, Default)]
pub struct AlignedBytes {
    words: Vec<u128>,
    length: usize,
}

impl AlignedBytes {
    /// `length` zero bytes.
    pub fn zeroed(length: usize) -> Self {
        AlignedBytes { words: alloc::vec![0; length.div_ceil(16)], length }
    }

    /// A copy of `bytes`.
    pub fn copy_of(bytes: &[u8]) -> Self {
        let mut aligned = Self::zeroed(bytes.len());
        aligned.as_mut_slice().copy_from_slice(bytes);
        aligned
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        bytemuck::cast_slice(&self.words).get(..self.length).unwrap_or_default()
    }

    /// The bytes, to be written.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.words).get_mut(..self.length).unwrap_or_default()
    }
}

/// A column of numbers inside shared bytes. Cloning it copies no number.
#[derive(Clone, Debug)]
pub struct Column<T> {
    bytes: Rc<AlignedBytes>,
    start: usize,
    length: usize,
    kind: PhantomData<T>,
}

impl<T> Default for Column<T> {
    #[inline(never)] // structs of columns have dozens
    fn default() -> Self {
        Column { bytes: Rc::default(), start: 0, length: 0, kind: PhantomData }
    }
}

impl<T: Pod> Column<T> {
    /// The `length` bytes from `start`, seen as numbers. `None` where they lie outside the bytes, are not aligned for
    /// `T`, or are not a whole count of it.
    pub fn view(bytes: &Rc<AlignedBytes>, start: usize, length: usize) -> Option<Self> {
        let slice = bytes.as_slice().get(start..start.checked_add(length)?)?;
        bytemuck::try_cast_slice::<u8, T>(slice).ok()?;
        Some(Column { bytes: bytes.clone(), start, length, kind: PhantomData })
    }

    /// A column of its own.
    pub fn owned(numbers: &[T]) -> Self {
        let bytes: &[u8] = bytemuck::cast_slice(numbers);
        Column { bytes: Rc::new(AlignedBytes::copy_of(bytes)), start: 0, length: bytes.len(), kind: PhantomData }
    }

    /// The numbers.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn as_slice(&self) -> &[T] {
        let end = self.start.saturating_add(self.length);
        let bytes = self.bytes.as_slice().get(self.start..end).unwrap_or_default();
        bytemuck::try_cast_slice(bytes).unwrap_or_default() // checked when the column was made
    }

    /// The number at `index`.
    #[inline]
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn get(&self, index: usize) -> Option<T> {
        let start = index.checked_mul(size_of::<T>()).filter(|start| *start < self.length)?;
        let bytes = self.bytes.as_slice().get(self.start.wrapping_add(start)..)?;
        bytes.get(..size_of::<T>()).map(bytemuck::pod_read_unaligned)
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.length.checked_div(size_of::<T>()).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Texts, one after the other: text `i` lies between `ends[i - 1]` and `ends[i]` of the UTF-8 bytes.
#[derive(Clone, Debug, Default)]
pub struct StringColumn {
    ends: Column<u32>,
    text: Column<u8>,
    lately: Lately,
}

/// Where texts were found lately, by a digest of the text: a member's history asks for the same hundreds again and again.
#[derive(Clone, Debug, Default)]
struct Lately(OnceCell<Vec<Cell<u32>>>);

impl Lately {
    /// Most places that are kept: 64 kB.
    const MOST: usize = 1 << 14;

    /// Where `text` may have been found, in a column of `length` texts.
    fn place(&self, text: &[u8], length: usize) -> Option<&Cell<u32>> {
        let places = self.0.get_or_init(|| alloc::vec![Cell::new(0); length.next_power_of_two().min(Self::MOST)]);
        let digest = text.iter().fold(0_usize, |digest, byte| digest.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        places.get(digest & places.len().wrapping_sub(1))
    }
}

impl StringColumn {
    /// From stored columns. `None` unless the ends rise and the last is the text's length. Whether a text is UTF-8 is
    /// seen when it is read: opening does not touch the texts.
    pub fn new(ends: Column<u32>, text: Column<u8>) -> Option<Self> {
        let rising = ends.as_slice().is_sorted();
        let last = ends.as_slice().last().copied().unwrap_or(0) as usize;
        (rising && last == text.len()).then_some(StringColumn { ends, text, lately: Lately::default() })
    }

    /// From texts.
    pub fn owned<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Self {
        let mut ends = Vec::new();
        let mut bytes = Vec::new();
        for text in texts {
            bytes.extend_from_slice(text.as_ref().as_bytes());
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        StringColumn { ends: Column::owned(&ends), text: Column::owned(&bytes), lately: Lately::default() }
    }

    /// The text at `index`; none where it is no UTF-8.
    pub fn get(&self, index: usize) -> Option<&str> {
        core::str::from_utf8(self.bytes(index)?).ok()
    }

    /// The bytes of the text at `index`, which are in order as texts are.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        let end = self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.as_slice().get(start..end)
    }

    /// Where `wanted` is among texts that are in order.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn find(&self, wanted: &str) -> Option<u32> {
        let wanted = wanted.as_bytes();
        let lately = self.lately.place(wanted, self.len())?;
        let known = lately.get();
        if self.bytes(known as usize) == Some(wanted) {
            return Some(known);
        }
        let found = self.search(wanted)?;
        lately.set(found);
        Some(found)
    }

    #[cfg_attr(regulars_fast, optimize(speed))]
    fn search(&self, wanted: &[u8]) -> Option<u32> {
        let (ends, text) = (self.ends.as_slice(), self.text.as_slice());
        let head = head_of(wanted, 0, wanted.len());
        let (mut low, mut high) = (0, ends.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = *middle.checked_sub(1).map_or(Some(&0), |before| ends.get(before))? as usize;
            let end = *ends.get(middle)? as usize;
            let order = head_of(text, start, end).cmp(&head);
            let order = if order == Ordering::Equal { text.get(start..end)?.cmp(wanted) } else { order };
            match order {
                Ordering::Less => low = middle.saturating_add(1),
                Ordering::Greater => high = middle,
                Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    /// Whether each text is above the one before.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn is_ascending(&self) -> bool {
        let text = self.text.as_slice();
        let (mut start, mut before): (usize, Option<&[u8]>) = (0, None);
        for end in self.ends.as_slice() {
            let next = text.get(start..*end as usize);
            if before >= next {
                return false;
            }
            (start, before) = (*end as usize, next);
        }
        true
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The stored columns: ends, text.
    pub fn parts(&self) -> (&Column<u32>, &Column<u8>) {
        (&self.ends, &self.text)
    }
}

/// The first eight bytes of the text from `start` to `end` as a number, filled up with zeros: in order as texts are, as far
/// as they go. Most texts are told apart by them, in one step.
#[inline(always)]
fn head_of(text: &[u8], start: usize, end: usize) -> u64 {
    let bits = end.saturating_sub(start).min(8).wrapping_mul(8);
    let whole = match text.get(start..).and_then(<[u8]>::first_chunk) {
        Some(eight) => u64::from_be_bytes(*eight),
        // Near the end of all texts.
        None => {
            let mut eight = [0; 8];
            eight.iter_mut().zip(text.get(start..end).unwrap_or_default()).for_each(|(slot, byte)| *slot = *byte);
            u64::from_be_bytes(eight)
        }
    };
    whole & u64::MAX.checked_shr(u32::try_from(bits).unwrap_or(64)).map_or(u64::MAX, |behind| !behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_outside_or_askew_is_refused() {
        let bytes = Rc::new(AlignedBytes::zeroed(16));
        assert!(Column::<u32>::view(&bytes, 12, 8).is_none());
        assert!(Column::<u32>::view(&bytes, 2, 4).is_none());
        assert!(Column::<u32>::view(&bytes, 4, 6).is_none());
        assert!(Column::<u32>::view(&bytes, usize::MAX, 4).is_none());
        assert_eq!(Column::<u32>::view(&bytes, 4, 8).map(|column| column.len()), Some(2));
    }

    #[test]
    fn what_is_no_text_is_none() {
        let text = Column::owned("éa".as_bytes());
        assert!(StringColumn::new(Column::owned(&[4]), text.clone()).is_none());
        assert!(StringColumn::new(Column::owned(&[2]), text.clone()).is_none());
        assert!(StringColumn::new(Column::owned(&[3, 2, 3]), text.clone()).is_none());
        assert!(StringColumn::owned(["", "B", "a", "ab"]).is_ascending() && StringColumn::default().is_ascending());
        assert!(!StringColumn::owned(["a", "a"]).is_ascending() && !StringColumn::owned(["b", "a"]).is_ascending());
        let split = StringColumn::new(Column::owned(&[1, 2, 3]), text).unwrap();
        assert_eq!([0, 1, 2, 3].map(|place| split.get(place)), [None, None, Some("a"), None]);
    }

    #[test]
    fn texts_come_back() {
        let texts = StringColumn::owned(["", "奶", "ab"]);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "奶", "ab"]);
        assert_eq!(texts.get(3), None);
    }

    #[test]
    fn texts_in_order_are_found() {
        let texts = StringColumn::owned(["", "a", "ab", "b", "é"]);
        assert_eq!(["", "a", "ab", "b", "é"].map(|text| texts.find(text)), [0, 1, 2, 3, 4].map(Some));
        assert_eq!(["A", "aa", "abc", "c", "éé"].map(|text| texts.find(text)), [None; 5]);
    }

    #[test]
    fn texts_alike_for_eight_bytes_and_more_are_told_apart() {
        // Of up to ten letters, zeros among them.
        let mut all: Vec<alloc::string::String> = (0..600_u32)
            .map(|number| {
                (0..number % 11).map(|place| ['\0', 'a', 'é'][(number.wrapping_mul(2_654_435_761) >> (2 * place)) as usize % 3]).collect()
            })
            .collect();
        all.extend(["12345678", "123456789", "12345678\0", "1234567"].map(Into::into));
        all.sort();
        all.dedup();
        for step in [1, 2] {
            let some: Vec<&str> = all.iter().step_by(step).map(alloc::string::String::as_str).collect();
            let texts = StringColumn::owned(&some);
            let mut asked = all.iter().flat_map(|text| [text, text]);
            assert!(asked.all(|text| texts.find(text).map(|place| place as usize) == some.binary_search(&text.as_str()).ok()));
        }
    }
}
