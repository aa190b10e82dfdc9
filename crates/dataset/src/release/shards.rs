//! Which clips go into which archive, decided from their sizes alone.

use crate::split::Split;

/// No archive is larger than this, so that it can be copied, resumed and kept anywhere.
pub const SHARD_MAX_BYTES: u64 = 1 << 30;

/// A run of clips, in the order of the plan, that fills one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// The split of its clips.
    pub split: Split,
    /// Number of the shard within its split, from 0.
    pub number: usize,
    /// Place of its first clip among all.
    pub first: usize,
    /// Its clips.
    pub clips: usize,
    /// Their bytes together.
    pub size_bytes: u64,
}

impl Shard {
    /// The shard's name without a suffix, such as `train-00000`.
    pub fn name(&self) -> String {
        format!("{}-{:05}", self.split.as_str(), self.number)
    }
}

/// Cuts clips into shards of at most `max_bytes`: a clip opens a new shard when the last one is of
/// another split or would grow too large. `clips` gives each clip's split and the bytes that it
/// takes in an archive; a clip larger than a shard has one of its own.
///
/// The plan depends on nothing else, so a build that was killed makes the same plan again and goes
/// on with the first shard that is not yet stored.
pub fn plan(clips: impl IntoIterator<Item = (Split, u64)>, max_bytes: u64) -> Vec<Shard> {
    let mut shards: Vec<Shard> = Vec::new();
    for (place, (split, size_bytes)) in clips.into_iter().enumerate() {
        match shards.last_mut() {
            Some(last) if last.split == split && last.size_bytes.saturating_add(size_bytes) <= max_bytes => {
                last.clips += 1;
                last.size_bytes += size_bytes;
            }
            _ => {
                let number = shards.iter().filter(|shard| shard.split == split).count();
                shards.push(Shard { split, number, first: place, clips: 1, size_bytes });
            }
        }
    }
    shards
}
