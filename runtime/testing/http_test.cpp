namespace bora::testing {}
