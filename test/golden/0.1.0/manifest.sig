{"key_id":"I4GVrSEKoQRt3CwK","public_key":"QYVBp7Va7gUD2rMhH0fK191scM5eULBXzBc1LPm9KI4","signature":"QlGdikLBae6WZOz7ONrNhNP2MndEZ98DvZ5T0t59glrDi5CrClA0Dbz0QuD-es18mWAy79rHQCr4XrI-qdDVDw"}
