//! A small memory of what never changes: found again without asking the database.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Keeps between `most` and twice as many values; what was not asked for in a while is forgotten.
pub struct Memo<K, V> {
    most: usize,
    kept: OnceLock<Mutex<Generations<K, V>>>,
}

struct Generations<K, V> {
    young: HashMap<K, Arc<V>>,
    old: HashMap<K, Arc<V>>,
}

impl<K: Copy + Eq + Hash, V> Memo<K, V> {
    /// An empty one.
    pub const fn new(most: usize) -> Self {
        Self { most, kept: OnceLock::new() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Generations<K, V>> {
        let empty = || Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() });
        self.kept.get_or_init(empty).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, if it is remembered.
    pub fn get(&self, key: K) -> Option<Arc<V>> {
        let mut kept = self.kept();
        if let Some(value) = kept.young.get(&key) {
            return Some(value.clone());
        }
        let value = kept.old.remove(&key)?;
        self.keep(&mut kept, key, value.clone());
        Some(value)
    }

    /// Remembers a value.
    pub fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        self.keep(&mut self.kept(), key, value.clone());
        value
    }

    fn keep(&self, kept: &mut Generations<K, V>, key: K, value: Arc<V>) {
        if kept.young.len() >= self.most {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let memo: Memo<u32, u32> = Memo::new(10);
        for n in 0..100 {
            memo.put(n, n * n);
            assert_eq!(memo.get(0).as_deref(), Some(&0));
        }
        assert_eq!(memo.get(99).as_deref(), Some(&9_801));
        assert_eq!(memo.get(50), None);
    }
}
