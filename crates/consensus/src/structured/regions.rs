//! Regions that several people marked, matched by how much they overlap.

/// A part of an item that can overlap another.
pub trait Region: Copy {
    /// Intersection over union, from 0 to 1.
    fn overlap(&self, other: &Self) -> f64;
    /// The bounds, for a combined region and a canonical order.
    fn bounds(&self) -> Vec<f64>;
}

/// A region that one worker marked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark<R> {
    /// Who marked it.
    pub worker: usize,
    /// What.
    pub region: R,
}

/// Marks that mean the same thing, at most one per worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster<R> {
    /// In order of their workers.
    pub marks: Vec<Mark<R>>,
    /// Weight share, in (0, 1), of those who marked it among all who looked.
    pub confidence: f64,
    /// Mean overlap between its marks; 1 for a single one.
    pub agreement: f64,
}

/// Sorts the marks of one item into clusters, the most confident first.
///
/// The mark with the greatest weight of others overlapping it by at least `overlap_min` gathers
/// the best overlapping mark of each of them; then the next among those left. `lookers` gives
/// (worker, weight) for everybody who judged the item, whether they marked anything or not;
/// weights that are not positive count as nothing. The order of marks changes nothing.
pub fn clusters<R: Region>(marks: &[Mark<R>], lookers: &[(usize, f64)], overlap_min: f64) -> Vec<Cluster<R>> {
    let weight = |worker: usize| {
        lookers.iter().find(|looker| looker.0 == worker).map_or(0.0, |looker| looker.1).clamp(0.0, 1e12)
    };
    let mut left: Vec<Mark<R>> = marks.to_vec();
    left.retain(|mark| mark.region.bounds().iter().all(|bound| bound.is_finite()) && weight(mark.worker) > 0.0);
    left.sort_by(|a, b| compare(&a.region.bounds(), &b.region.bounds()).then(a.worker.cmp(&b.worker)));
    let total: f64 = lookers.iter().map(|looker| weight(looker.0)).sum();
    let average = total / lookers.len().max(1) as f64;
    let mut found = Vec::new();
    while !left.is_empty() {
        let gathered: Vec<Vec<usize>> = (0..left.len()).map(|seed| gather(&left, seed, overlap_min)).collect();
        let support = |members: &[usize], seed: usize| -> f64 {
            members.iter().map(|&m| weight(left[m].worker) * left[m].region.overlap(&left[seed].region)).sum()
        };
        let (_, members) = gathered
            .iter()
            .enumerate()
            .map(|(seed, members)| (support(members, seed), members))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .unwrap_or((0.0, &gathered[0]));
        let mut own: Vec<Mark<R>> = members.iter().map(|&member| left[member]).collect();
        own.sort_by_key(|mark| mark.worker);
        // One more looker of average weight, who is of two minds, keeps the share from 0 and 1.
        let voted: f64 = own.iter().map(|mark| weight(mark.worker)).sum();
        let confidence = (voted + average / 2.0) / (total + average);
        let members = members.clone();
        let mut place = 0;
        left.retain(|_| {
            place += 1;
            !members.contains(&(place - 1))
        });
        found.push(Cluster { agreement: mean_overlap(&own), marks: own, confidence });
    }
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    found
}

/// The best overlapping mark of each worker, the seed for its own.
fn gather<R: Region>(marks: &[Mark<R>], seed: usize, overlap_min: f64) -> Vec<usize> {
    let mut best: Vec<(usize, f64, usize)> = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let overlap = if place == seed { f64::INFINITY } else { mark.region.overlap(&marks[seed].region) };
        if overlap < overlap_min && place != seed {
            continue;
        }
        match best.iter_mut().find(|entry| entry.0 == mark.worker) {
            Some(entry) if overlap > entry.1 => *entry = (mark.worker, overlap, place),
            Some(_) => {}
            None => best.push((mark.worker, overlap, place)),
        }
    }
    best.into_iter().map(|(_, _, place)| place).collect()
}

fn mean_overlap<R: Region>(marks: &[Mark<R>]) -> f64 {
    let pairs =
        marks.iter().enumerate().flat_map(|(place, one)| marks[place + 1..].iter().map(move |other| (one, other)));
    let (sum, count) =
        pairs.fold((0.0, 0.0), |(sum, count), (one, other)| (sum + one.region.overlap(&other.region), count + 1.0));
    if count > 0.0 { sum / count } else { 1.0 }
}

fn compare(one: &[f64], other: &[f64]) -> std::cmp::Ordering {
    one.iter().zip(other).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}
