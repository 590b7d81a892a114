package com.baidu.paddle.lite;

/**
 * The configuration of Paddle-Lite's full library. Kept so that programs compile: that library reads Paddle's own model
 * files, this one a program file that {@link MobileConfig} names. No predictor can be made of it.
 */
public class CxxConfig extends ConfigBase {
    private Place[] validPlaces = new Place[0];

    /**
     * Says where the model may run.
     *
     * @param validPlaces the places, best first
     * @throws IllegalArgumentException when they are null
     */
    public void setValidPlaces(Place[] validPlaces) {
        if (validPlaces == null) throw new IllegalArgumentException("the places are null: give an empty array for none");
        this.validPlaces = validPlaces.clone();
    }

    /**
     * Where the model may run.
     *
     * @return what {@link #setValidPlaces} was given; none at first
     */
    public Place[] getValidPlaces() {
        return validPlaces.clone();
    }
}
