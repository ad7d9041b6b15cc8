namespace bora::lang {}
