namespace bora {}
