//! Things by their names, as far as calls told of them. Refuses to say that something is not there only
//! because no call told of it.

use std::{borrow::Borrow, collections::BTreeMap};

/// Things by their names.
#[derive(Debug, Clone)]
pub(super) struct Things<K, V> {
    /// What is not among them is not there.
    whole: bool,
    /// None inside where a thing is not there, and outside where it was changed in a way that is not
    /// known.
    known: BTreeMap<K, Option<Option<V>>>,
}

impl<K, V> Default for Things<K, V> {
    /// Nothing is known.
    fn default() -> Self {
        Self { whole: false, known: BTreeMap::new() }
    }
}

impl<K: Ord, V> Things<K, V> {
    /// There are none.
    pub(super) fn none() -> Self {
        Self { whole: true, known: BTreeMap::new() }
    }

    /// These, and no others.
    pub(super) fn of(all: impl IntoIterator<Item = (K, V)>) -> Self {
        let known = all.into_iter().map(|(name, thing)| (name, Some(Some(thing))));
        Self { whole: true, known: known.collect() }
    }

    /// None inside where it is not there, and outside where that is not known.
    pub(super) fn get<Q: Ord + ?Sized>(&self, name: &Q) -> Option<Option<&V>>
    where
        K: Borrow<Q>,
    {
        match self.known.get(name) {
            Some(known) => known.as_ref().map(Option::as_ref),
            None => self.whole.then_some(None),
        }
    }

    /// The thing, if it is known to be there.
    pub(super) fn there<Q: Ord + ?Sized>(&mut self, name: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.known.get_mut(name)?.as_mut()?.as_mut()
    }

    /// All of them; none where more may be there, or one is not known.
    pub(super) fn all(&self) -> Option<BTreeMap<&K, &V>> {
        self.whole.then_some(())?;
        let mut all = BTreeMap::new();
        for (name, known) in &self.known {
            if let Some(thing) = known.as_ref()? {
                all.insert(name, thing);
            }
        }
        Some(all)
    }

    /// Those that are known to be there.
    pub(super) fn some(&self) -> impl Iterator<Item = (&K, &V)> {
        self.known.iter().filter_map(|(name, known)| Some((name, known.as_ref()?.as_ref()?)))
    }

    /// The same, to be changed.
    pub(super) fn some_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.known.values_mut().filter_map(|known| known.as_mut()?.as_mut())
    }

    /// It is there. What else is not known of it, `V` says.
    pub(super) fn put(&mut self, name: K, thing: V) {
        self.known.insert(name, Some(Some(thing)));
    }

    /// It was changed: to this, or in a way that is not known.
    pub(super) fn change(&mut self, name: K, thing: Option<V>) {
        match thing {
            Some(thing) => self.put(name, thing),
            None => self.forget(name),
        }
    }

    /// The thing, which a call showed to be there; where nothing was known of it, `V`'s default.
    pub(super) fn seen(&mut self, name: K) -> &mut V
    where
        V: Default,
    {
        let known = self.known.entry(name).or_default();
        known.get_or_insert_default().get_or_insert_default()
    }

    /// It is not there.
    pub(super) fn remove(&mut self, name: K) {
        if self.whole {
            self.known.remove(&name);
        } else {
            self.known.insert(name, Some(None));
        }
    }

    /// It is not known any more.
    pub(super) fn forget(&mut self, name: K) {
        if self.whole {
            self.known.insert(name, None);
        } else {
            self.known.remove(&name);
        }
    }

    /// None of them is known any more that `is` is true of.
    pub(super) fn forget_those(&mut self, is: impl Fn(&K) -> bool) {
        if self.whole {
            for (_, known) in self.known.iter_mut().filter(|(name, _)| is(name)) {
                *known = None;
            }
        } else {
            self.known.retain(|name, _| !is(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_call_told_of_is_unknown_unless_all_are_known() {
        let mut some: Things<&str, u8> = Things::default();
        assert_eq!((some.get("a"), some.all()), (None, None));
        some.put("a", 1);
        some.remove("b");
        assert_eq!(
            (some.get("a"), some.get("b"), some.get("c")),
            (Some(Some(&1)), Some(None), None)
        );
        some.forget("a");
        some.forget("b");
        assert_eq!((some.get("a"), some.get("b")), (None, None));

        let mut all: Things<&str, u8> = Things::none();
        assert_eq!(all.get("a"), Some(None));
        all.put("a", 1);
        assert_eq!(all.all(), Some(BTreeMap::from([(&"a", &1)])));
        all.forget("a");
        assert_eq!((all.get("a"), all.all()), (None, None));
        all.remove("a");
        assert_eq!((all.get("a"), all.all()), (Some(None), Some(BTreeMap::new())));
    }
}
