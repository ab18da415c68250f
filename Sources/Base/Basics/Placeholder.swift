enum BasicsPlaceholder {}
