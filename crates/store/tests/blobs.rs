//! Blobs in a folder.

use store::blobs::{Blobs, Directory};
use store::{Error, sha256};

use crate::harness::run;

#[test]
fn a_blob_is_kept_once_checked_when_read_and_damage_is_seen() {
    run(async {
        let root = std::env::temp_dir().join(format!("patchwright-blobs-{}", std::process::id()));
        let blobs = Directory::open(&root).unwrap();
        let bytes = b"as received".to_vec();
        let hash = blobs.put(bytes.clone()).await.unwrap();
        assert_eq!(hash, sha256(&bytes));
        assert_eq!(blobs.put(bytes.clone()).await.unwrap(), hash);
        assert_eq!(blobs.get(&hash).await.unwrap(), bytes);
        assert_eq!(blobs.get_range(&hash, 3..100).await.unwrap(), b"received");
        assert_eq!(blobs.get_range(&hash, 50..60).await.unwrap(), b"");
        assert_eq!(blobs.size(&hash).await.unwrap(), Some(11));
        let file = root.join(&hash[..2]).join(&hash[2..]);
        std::fs::write(&file, b"as damaged!").unwrap();
        assert!(matches!(blobs.get(&hash).await, Err(Error::Broken(_))));
        // Sent again, it is mended.
        blobs.put(bytes.clone()).await.unwrap();
        assert_eq!(blobs.get(&hash).await.unwrap(), bytes);
        assert!(blobs.delete(&hash).await.unwrap());
        assert!(!blobs.delete(&hash).await.unwrap());
        assert!(matches!(blobs.get(&hash).await, Err(Error::NotFound(_))));
        for foreign in ["../../etc/passwd", "", "AB", &"g".repeat(64)] {
            assert!(matches!(blobs.get(foreign).await, Err(Error::Invalid(_))), "{foreign}");
        }
        let left: Vec<_> = std::fs::read_dir(&root)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .collect();
        assert!(left.is_empty());
        std::fs::remove_dir_all(root).unwrap();
    });
}
