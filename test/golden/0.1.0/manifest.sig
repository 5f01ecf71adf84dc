{"key_id":"5mWd8SNYWntzU9wZ","public_key":"X6JT0Y4-_LDU5-xeKlmzLAt-sdYZHUMEi_G7SBCfNHI","signature":"k4zSbvz7-z4XAwCIqGZBIYVMdQbcmZTOfiLY0NZsw4v-BgtKFISv-sIrPqQhTu_XtekZFVMjkLTERLlylUo4DQ"}
