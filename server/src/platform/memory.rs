//! What parts of the program remember of one running site.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// One value of each type, made when it is first asked for. Cheap to clone.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Memory {
    /// The value of a type.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        one.clone().downcast().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

    #[test]
    fn each_type_has_one_value_that_all_clones_share() {
        let memory = Memory::default();
        memory.clone().of::<AtomicU32>().store(7, Relaxed);
        memory.of::<AtomicU64>().store(8, Relaxed);
        assert_eq!(memory.of::<AtomicU32>().load(Relaxed), 7);
        assert_eq!(Memory::default().of::<AtomicU32>().load(Relaxed), 0);
    }
}
